package io.quant4j.kernels.vector.machine.assembler;

import static io.quant4j.kernels.vector.machine.assembler.Condition.ABOVE;
import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R12;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R13;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R14;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R15;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBP;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;
import static io.quant4j.kernels.vector.machine.assembler.Instruction.of;
import static io.quant4j.kernels.vector.machine.assembler.Simd.xmm;
import static io.quant4j.kernels.vector.machine.assembler.Simd.ymm;
import static io.quant4j.kernels.vector.machine.assembler.Simd.zmm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every instruction against the bytes that GNU as 2.40 makes of its text, vector instructions with
 * its prefix {@code {evex}}; distances by hand.
 */
class InstructionsTest {
  /** What has a label, and what is no instruction. */
  private static final Set<String> OTHERS =
      Set.of("jump", "bind", "align", "data", "label", "toByteArray");

  static List<Instruction> instructions() {
    return Stream.of(general(), LaneInstructionTexts.ALL, IntegerInstructionTexts.ALL)
        .flatMap(List::stream)
        .toList();
  }

  private static List<Instruction> general() {
    return List.of(
        of("mov rbp, rsp", "48 89 e5", a -> a.mov(RBP, RSP)),
        of("mov r13, rcx", "49 89 cd", a -> a.mov(R13, RCX)),
        of("mov rax, [rbp+56]", "48 8b 45 38", a -> a.mov(RAX, Mem.at(RBP, 56))),
        of("mov rax, 2048", "48 c7 c0 00 08 00 00", a -> a.mov(RAX, 2048)),
        of("mov [r9+r10*8+16], rdi", "4b 89 7c d1 10", a -> a.mov(Mem.at(R9, R10, 8, 16), RDI)),
        of("lock", "f0", Assembler::lock),
        of("xadd [r9], r10", "4d 0f c1 11", a -> a.xadd(Mem.at(R9, 0), R10)),
        of("jmp rax", "ff e0", a -> a.jump(RAX)),
        of("jmp r11", "41 ff e3", a -> a.jump(R11)),
        of("syscall", "0f 05", Assembler::syscall),
        of("mov [rdi+12], edx", "89 57 0c", a -> a.mov32(Mem.at(RDI, 12), RDX)),
        of("lea r11, [r10+r8]", "4f 8d 1c 02", a -> a.lea(R11, Mem.at(R10, R8))),
        of("lea r14, [r13+r9*2]", "4f 8d 74 4d 00", a -> a.lea(R14, Mem.at(R13, R9, 2, 0))),
        of("lea rsi, [rsi+rcx*4]", "48 8d 34 8e", a -> a.lea(RSI, Mem.at(RSI, RCX, 4, 0))),
        of("add rdx, 16", "48 83 c2 10", a -> a.add(RDX, 16)),
        of("add r10, 144", "49 81 c2 90 00 00 00", a -> a.add(R10, 144)),
        of("add r8, rsi", "49 01 f0", a -> a.add(R8, RSI)),
        of("and rsp, -64", "48 83 e4 c0", a -> a.and(RSP, -64)),
        of("sub rsp, 512", "48 81 ec 00 02 00 00", a -> a.sub(RSP, 512)),
        of("sub r9, 1", "49 83 e9 01", a -> a.sub(R9, 1)),
        of("cmp r9, 4", "49 83 f9 04", a -> a.cmp(R9, 4)),
        of("cmp rsi, r8", "4c 39 c6", a -> a.cmp(RSI, R8)),
        of("test r9, r9", "4d 85 c9", a -> a.test(R9, R9)),
        of("xor eax, eax", "31 c0", a -> a.clear(RAX)),
        of("xor r13d, r13d", "45 31 ed", a -> a.clear(R13)),
        of("cmova r11, r8", "4d 0f 47 d8", a -> a.cmov(ABOVE, R11, R8)),
        of("push r12", "41 54", a -> a.push(R12)),
        of("push rbx", "53", a -> a.push(RBX)),
        of("pop r15", "41 5f", a -> a.pop(R15)),
        of("pop rbp", "5d", a -> a.pop(RBP)),
        of("ret", "c3", a -> a.ret()),
        of("cpuid", "0f a2", a -> a.cpuid()),
        of("xgetbv", "0f 01 d0", a -> a.xgetbv()),
        of(
            "prefetcht0 [r10+r14+64]",
            "43 0f 18 4c 32 40",
            a -> a.prefetcht0(Mem.at(R10, R14, 1, 64))),
        of("prefetcht0 [rbx+r14]", "42 0f 18 0c 33", a -> a.prefetcht0(Mem.at(RBX, R14))),
        of("prefetcht0 [rax+64]", "0f 18 48 40", a -> a.prefetcht0(Mem.at(RAX, 64))),
        of("prefetcht1 [r11+64]", "41 0f 18 53 40", a -> a.prefetcht1(Mem.at(R11, 64))),
        of("prefetcht1 [rdi]", "0f 18 17", a -> a.prefetcht1(Mem.at(RDI, 0))),
        of("vmovups zmm4, [rdi]", "62 f1 7c 48 10 27", a -> a.vmovups(zmm(4), Mem.at(RDI, 0))),
        of("vmovups zmm4, [r13]", "62 d1 7c 48 10 65 00", a -> a.vmovups(zmm(4), Mem.at(R13, 0))),
        of(
            "vmovups zmm31, [r12+rax]",
            "62 41 7c 48 10 3c 04",
            a -> a.vmovups(zmm(31), Mem.at(R12, RAX))),
        of(
            "vmovups zmm24, [r9+r14*2+64]",
            "62 01 7c 48 10 44 71 01",
            a -> a.vmovups(zmm(24), Mem.at(R9, R14, 2, 64))),
        of("vmovups xmm4, [r10]", "62 d1 7c 08 10 22", a -> a.vmovups(xmm(4), Mem.at(R10, 0))),
        of("vmovups [rsp], zmm5", "62 f1 7c 48 11 2c 24", a -> a.vmovups(Mem.at(RSP, 0), zmm(5))),
        of(
            "vmovups [rdx+1472], zmm23",
            "62 e1 7c 48 11 7a 17",
            a -> a.vmovups(Mem.at(RDX, 1472), zmm(23))),
        of(
            "vmovups [rdx+100], zmm3",
            "62 f1 7c 48 11 9a 64 00 00 00",
            a -> a.vmovups(Mem.at(RDX, 100), zmm(3))),
        of("vmovss [rsi+12], xmm6", "62 f1 7e 08 11 76 03", a -> a.vmovss(Mem.at(RSI, 12), xmm(6))),
        of(
            "vbroadcasti64x4 zmm9, [r10+128]",
            "62 52 fd 48 5b 4a 04",
            a -> a.vbroadcasti64x4(zmm(9), Mem.at(R10, 128))),
        of(
            "vpbroadcastw ymm4, [r10+208]",
            "62 d2 7d 28 79 62 68",
            a -> a.vpbroadcastw(ymm(4), Mem.at(R10, 208))),
        of("vcvtph2ps zmm4, [r10]", "62 d2 7d 48 13 22", a -> a.vcvtph2ps(zmm(4), Mem.at(R10, 0))),
        of("vcvtph2ps zmm4, ymm20", "62 b2 7d 48 13 e4", a -> a.vcvtph2ps(zmm(4), ymm(20))),
        of("vcvtdq2ps zmm5, zmm21", "62 b1 7c 48 5b ed", a -> a.vcvtdq2ps(zmm(5), zmm(21))),
        of(
            "vpmovzxbd zmm6, [rbx+32]",
            "62 f2 7d 48 31 73 02",
            a -> a.vpmovzxbd(zmm(6), Mem.at(RBX, 32))),
        of(
            "vpmovsxbd zmm5, [r11+18]",
            "62 d2 7d 48 21 ab 12 00 00 00",
            a -> a.vpmovsxbd(zmm(5), Mem.at(R11, 18))),
        of(
            "vpmovzxwd zmm4, [r12+32]",
            "62 d2 7d 48 33 64 24 01",
            a -> a.vpmovzxwd(zmm(4), Mem.at(R12, 32))),
        of(
            "vfmadd231ps zmm3, zmm29, zmm27",
            "62 92 15 40 b8 db",
            a -> a.vfmadd231ps(zmm(3), zmm(29), zmm(27))),
        of(
            "vfmadd231ps zmm3, zmm10, [rax+1024]",
            "62 f2 2d 48 b8 58 10",
            a -> a.vfmadd231ps(zmm(3), zmm(10), Mem.at(RAX, 1024))),
        of(
            "vfmadd231ps zmm3, zmm10, dword ptr [rsp+4]{1to16}",
            "62 f2 2d 58 b8 5c 24 01",
            a -> a.vfmadd231ps(zmm(3), zmm(10), Mem.at(RSP, 4).toAllLanes())),
        of("vaddps xmm5, xmm5, xmm6", "62 f1 54 08 58 ee", a -> a.vaddps(xmm(5), xmm(5), xmm(6))),
        of("vaddps ymm5, ymm5, ymm6", "62 f1 54 28 58 ee", a -> a.vaddps(ymm(5), ymm(5), ymm(6))),
        of("vmulps zmm5, zmm16, zmm4", "62 f1 7c 40 59 ec", a -> a.vmulps(zmm(5), zmm(16), zmm(4))),
        of(
            "vmulps zmm5, zmm16, dword ptr [rsp+28]{1to16}",
            "62 f1 7c 50 59 6c 24 07",
            a -> a.vmulps(zmm(5), zmm(16), Mem.at(RSP, 28).toAllLanes())),
        of("vsubps zmm5, zmm5, zmm6", "62 f1 54 48 5c ee", a -> a.vsubps(zmm(5), zmm(5), zmm(6))),
        of(
            "vsubps zmm5, zmm5, dword ptr [rsp+60]{1to16}",
            "62 f1 54 58 5c 6c 24 0f",
            a -> a.vsubps(zmm(5), zmm(5), Mem.at(RSP, 60).toAllLanes())),
        of("vpermps zmm8, zmm6, zmm4", "62 72 4d 48 16 c4", a -> a.vpermps(zmm(8), zmm(6), zmm(4))),
        of("vpermb zmm5, zmm17, zmm4", "62 f2 75 40 8d ec", a -> a.vpermb(zmm(5), zmm(17), zmm(4))),
        of("vpermb ymm6, ymm16, ymm4", "62 f2 7d 20 8d f4", a -> a.vpermb(ymm(6), ymm(16), ymm(4))),
        of(
            "vbroadcasti32x4 zmm5, [rdi+16]",
            "62 f2 7d 48 5a 6f 01",
            a -> a.vbroadcasti32x4(zmm(5), Mem.at(RDI, 16))),
        of(
            "vbroadcastss zmm8, [rsp+4]",
            "62 72 7d 48 18 44 24 01",
            a -> a.vbroadcastss(zmm(8), Mem.at(RSP, 4))),
        of(
            "vpdpwssd zmm23, zmm30, zmm24",
            "62 82 0d 40 52 f8",
            a -> a.vpdpwssd(zmm(23), zmm(30), zmm(24))),
        of(
            "vpdpwssd zmm1, zmm2, zmm3",
            "62 f2 6d 48 52 cb",
            a -> a.vpdpwssd(zmm(1), zmm(2), zmm(3))),
        of(
            "vpmaddwd zmm23, zmm30, zmm24",
            "62 81 0d 40 f5 f8",
            a -> a.vpmaddwd(zmm(23), zmm(30), zmm(24))),
        of(
            "vpackssdw zmm17, zmm18, zmm19",
            "62 a1 6d 40 6b cb",
            a -> a.vpackssdw(zmm(17), zmm(18), zmm(19))),
        of(
            "vpmaxud zmm17, zmm18, zmm19",
            "62 a2 6d 40 3f cb",
            a -> a.vpmaxud(zmm(17), zmm(18), zmm(19))),
        of("vpmaxud xmm1, xmm2, xmm3", "62 f2 6d 08 3f cb", a -> a.vpmaxud(xmm(1), xmm(2), xmm(3))),
        of("vcvtps2dq zmm17, zmm18", "62 a1 7d 48 5b ca", a -> a.vcvtps2dq(zmm(17), zmm(18))),
        of("vdivps xmm1, xmm2, xmm3", "62 f1 6c 08 5e cb", a -> a.vdivps(xmm(1), xmm(2), xmm(3))),
        of(
            "vunpcklps zmm1, zmm2, zmm3",
            "62 f1 6c 48 14 cb",
            a -> a.vunpcklps(zmm(1), zmm(2), zmm(3))),
        of(
            "vunpckhps zmm17, zmm18, zmm19",
            "62 a1 6c 40 15 cb",
            a -> a.vunpckhps(zmm(17), zmm(18), zmm(19))),
        of(
            "vunpcklpd zmm17, zmm18, zmm19",
            "62 a1 ed 40 14 cb",
            a -> a.vunpcklpd(zmm(17), zmm(18), zmm(19))),
        of(
            "vunpckhpd zmm1, zmm2, zmm3",
            "62 f1 ed 48 15 cb",
            a -> a.vunpckhpd(zmm(1), zmm(2), zmm(3))),
        of("vbroadcastss zmm20, xmm21", "62 a2 7d 48 18 e5", a -> a.vbroadcastss(zmm(20), xmm(21))),
        of("vpandd zmm5, zmm5, zmm19", "62 b1 55 48 db eb", a -> a.vpandd(zmm(5), zmm(5), zmm(19))),
        of("vpord zmm5, zmm5, zmm6", "62 f1 55 48 eb ee", a -> a.vpord(zmm(5), zmm(5), zmm(6))),
        of("vpxord zmm0, zmm0, zmm0", "62 f1 7d 48 ef c0", a -> a.clear(zmm(0))),
        of("vpsubb zmm5, zmm5, zmm18", "62 b1 55 48 f8 ea", a -> a.vpsubb(zmm(5), zmm(5), zmm(18))),
        of(
            "vpaddd zmm1, zmm30, zmm31",
            "62 91 0d 40 fe cf",
            a -> a.vpaddd(zmm(1), zmm(30), zmm(31))),
        of(
            "vpsubd zmm1, zmm30, zmm31",
            "62 91 0d 40 fa cf",
            a -> a.vpsubd(zmm(1), zmm(30), zmm(31))),
        of("vpsrlw zmm7, zmm23, 4", "62 b1 45 48 71 d7 04", a -> a.vpsrlw(zmm(7), zmm(23), 4)),
        of("vpsrld zmm6, zmm22, 2", "62 b1 4d 48 72 d6 02", a -> a.vpsrld(zmm(6), zmm(22), 2)),
        of("vpslld zmm4, zmm4, 16", "62 f1 5d 48 72 f4 10", a -> a.vpslld(zmm(4), zmm(4), 16)),
        of(
            "vpsrlvd zmm5, zmm5, zmm18",
            "62 b2 55 48 45 ea",
            a -> a.vpsrlvd(zmm(5), zmm(5), zmm(18))),
        of(
            "vpsrlvw zmm5, zmm5, zmm18",
            "62 b2 d5 48 10 ea",
            a -> a.vpsrlvw(zmm(5), zmm(5), zmm(18))),
        of(
            "vextractf32x4 xmm6, ymm5, 1",
            "62 f3 7d 28 19 ee 01",
            a -> a.vextractf32x4(xmm(6), ymm(5), 1)),
        of(
            "vextractf32x4 xmm6, zmm21, 3",
            "62 e3 7d 48 19 ee 03",
            a -> a.vextractf32x4(xmm(6), zmm(21), 3)),
        of(
            "vextractf64x4 ymm6, zmm5, 1",
            "62 f3 fd 48 1b ee 01",
            a -> a.vextractf64x4(ymm(6), zmm(5), 1)),
        of(
            "vpermilps xmm6, xmm5, 78",
            "62 f3 7d 08 04 f5 4e",
            a -> a.vpermilps(xmm(6), xmm(5), 78)),
        of("vzeroupper", "c5 f8 77", a -> a.vzeroupper()),
        of(
            "vpsllvw zmm7, zmm23, zmm18",
            "62 b2 c5 40 12 fa",
            a -> a.vpsllvw(zmm(7), zmm(23), zmm(18))),
        of(
            "vprolvd zmm10, zmm7, zmm19",
            "62 32 45 48 15 d3",
            a -> a.vprolvd(zmm(10), zmm(7), zmm(19))),
        of(
            "vpternlogd zmm5, zmm7, zmm17, 248",
            "62 b3 45 48 25 e9 f8",
            a -> a.vpternlogd(zmm(5), zmm(7), zmm(17), 248)),
        of(
            "vpermi2ps zmm6, zmm4, zmm5",
            "62 f2 5d 48 77 f5",
            a -> a.vpermi2ps(zmm(6), zmm(4), zmm(5))),
        of(
            "vpbroadcastd zmm7, [r10+2]",
            "62 d2 7d 48 58 ba 02 00 00 00",
            a -> a.vpbroadcastd(zmm(7), Mem.at(R10, 2))));
  }

  @ParameterizedTest
  @MethodSource("instructions")
  void instruction_isEncodedAsByGnuAs(Instruction instruction) {
    assertThat(hex(instruction.writer())).isEqualTo(instruction.bytes());
  }

  @Test
  void everyInstruction_isTested() {
    Set<String> names =
        Arrays.stream(Assembler.class.getMethods())
            .filter(m -> m.getDeclaringClass() != Object.class)
            .filter(m -> Modifier.isPublic(m.getModifiers()) && !OTHERS.contains(m.getName()))
            .map(m -> text(m.getName()))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(
            instructions().stream().map(i -> i.text().split(" ", 2)[0]).collect(Collectors.toSet()))
        .containsAll(names);
  }

  @Test
  void labels_behindAndAhead_becomeDistances() {
    assertThat(
            hex(a -> {
              Label start = a.label();
              Label end = a.label();
              a.bind(start);
              a.jump(NOT_EQUAL, end);
              a.jump(start);
              a.bind(end);
              a.lea(R8, start);
            }))
        .isEqualTo("0f 85 05 00 00 00 e9 f5 ff ff ff 4c 8d 05 ee ff ff ff");
  }

  @Test
  void label_usedButNotBound_isRefused() {
    Assembler a = new Assembler();
    a.jump(a.label());

    assertThatThrownBy(a::toByteArray).isInstanceOf(AssertionError.class);
  }

  @Test
  void label_boundTwice_isRefused() {
    Assembler a = new Assembler();
    Label label = a.label();
    a.bind(label);

    assertThatThrownBy(() -> a.bind(label)).isInstanceOf(AssertionError.class);
  }

  @Test
  void data_afterAlign_isAtAMultiple() {
    assertThat(
            hex(a -> {
              a.ret();
              a.align(4);
              a.data(new byte[] {1, 2});
            }))
        .isEqualTo("c3 00 00 00 01 02");
  }

  /** The mnemonic of a method. */
  private static String text(String method) {
    return switch (method) {
      case "clear" -> "xor";
      case "cmov" -> "cmova";
      case "mov32" -> "mov";
      default -> method;
    };
  }

  private static String hex(Consumer<Assembler> writer) {
    Assembler a = new Assembler();
    writer.accept(a);
    return HexFormat.ofDelimiter(" ").formatHex(a.toByteArray());
  }
}
