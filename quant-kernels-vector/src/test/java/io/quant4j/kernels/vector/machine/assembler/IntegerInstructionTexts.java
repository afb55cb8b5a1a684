package io.quant4j.kernels.vector.machine.assembler;

import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R12;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R15;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;
import static io.quant4j.kernels.vector.machine.assembler.Instruction.of;
import static io.quant4j.kernels.vector.machine.assembler.Simd.xmm;
import static io.quant4j.kernels.vector.machine.assembler.Simd.ymm;
import static io.quant4j.kernels.vector.machine.assembler.Simd.zmm;

import java.util.List;

/** Products of integers and their bits, for {@link InstructionsTest}. */
final class IntegerInstructionTexts {
  static final List<Instruction> ALL =
      List.of(
          of(
              "vpdpbusd zmm4, zmm21, zmm6",
              "62 f2 55 40 50 e6",
              a -> a.vpdpbusd(zmm(4), zmm(21), zmm(6))),
          of(
              "vpdpbusd zmm20, zmm5, [rax+320]",
              "62 e2 55 48 50 60 05",
              a -> a.vpdpbusd(zmm(20), zmm(5), Mem.at(RAX, 320))),
          of(
              "vpmulld zmm9, zmm10, zmm27",
              "62 12 2d 48 40 cb",
              a -> a.vpmulld(zmm(9), zmm(10), zmm(27))),
          of(
              "vpmulld zmm9, zmm17, [rax+768]",
              "62 72 75 40 40 48 0c",
              a -> a.vpmulld(zmm(9), zmm(17), Mem.at(RAX, 768))),
          of(
              "vpmultishiftqb zmm8, zmm18, zmm9",
              "62 52 ed 40 83 c1",
              a -> a.vpmultishiftqb(zmm(8), zmm(18), zmm(9))),
          of(
              "vpmultishiftqb xmm11, xmm16, xmm10",
              "62 52 fd 00 83 da",
              a -> a.vpmultishiftqb(xmm(11), xmm(16), xmm(10))),
          of(
              "vpermd zmm14, zmm24, zmm7",
              "62 72 3d 40 36 f7",
              a -> a.vpermd(zmm(14), zmm(24), zmm(7))),
          of(
              "vpermw zmm10, zmm25, zmm11",
              "62 52 b5 40 8d d3",
              a -> a.vpermw(zmm(10), zmm(25), zmm(11))),
          of(
              "vpermt2w zmm4, zmm20, zmm6",
              "62 f2 dd 40 7d e6",
              a -> a.vpermt2w(zmm(4), zmm(20), zmm(6))),
          of(
              "vpermt2b zmm4, zmm20, zmm6",
              "62 f2 5d 40 7d e6",
              a -> a.vpermt2b(zmm(4), zmm(20), zmm(6))),
          of(
              "vshufps zmm8, zmm10, zmm21, 136",
              "62 31 2c 48 c6 c5 88",
              a -> a.vshufps(zmm(8), zmm(10), zmm(21), 136)),
          of("vpmovsxbd zmm10, xmm21", "62 32 7d 48 21 d5", a -> a.vpmovsxbd(zmm(10), xmm(21))),
          of(
              "vpmovsxbw ymm11, [r10+192]",
              "62 52 7d 28 20 5a 0c",
              a -> a.vpmovsxbw(ymm(11), Mem.at(R10, 192))),
          of("vpmovsxbw ymm10, xmm27", "62 12 7d 28 20 d3", a -> a.vpmovsxbw(ymm(10), xmm(27))),
          of(
              "vpshufd xmm10, [r11+4], 152",
              "62 51 7d 08 70 93 04 00 00 00 98",
              a -> a.vpshufd(xmm(10), Mem.at(R11, 4), 152)),
          of(
              "vpbroadcastq xmm11, [r12+96]",
              "62 52 fd 08 59 5c 24 0c",
              a -> a.vpbroadcastq(xmm(11), Mem.at(R12, 96))),
          of(
              "vpandd xmm11, xmm17, [rbx+16]",
              "62 71 75 00 db 5b 01",
              a -> a.vpandd(xmm(11), xmm(17), Mem.at(RBX, 16))),
          of("vpsrad zmm14, zmm31, 8", "62 91 0d 48 72 e7 08", a -> a.vpsrad(zmm(14), zmm(31), 8)),
          of(
              "vfnmadd231ps zmm2, zmm25, zmm9",
              "62 d2 35 40 bc d1",
              a -> a.vfnmadd231ps(zmm(2), zmm(25), zmm(9))),
          of(
              "vpermi2b zmm4, zmm16, zmm17",
              "62 b2 7d 40 75 e1",
              a -> a.vpermi2b(zmm(4), zmm(16), zmm(17))),
          of(
              "vpermi2b zmm7, zmm6, [r15+128]",
              "62 d2 4d 48 75 7f 02",
              a -> a.vpermi2b(zmm(7), zmm(6), Mem.at(R15, 128))),
          of(
              "vpermb zmm4, zmm28, [r10+2]",
              "62 d2 1d 40 8d a2 02 00 00 00",
              a -> a.vpermb(zmm(4), zmm(28), Mem.at(R10, 2))),
          of(
              "vpermd zmm8, zmm24, [r11+2]",
              "62 52 3d 40 36 83 02 00 00 00",
              a -> a.vpermd(zmm(8), zmm(24), Mem.at(R11, 2))),
          of(
              "vpmultishiftqb ymm6, ymm26, [rbx+66]",
              "62 f2 ad 20 83 b3 42 00 00 00",
              a -> a.vpmultishiftqb(ymm(6), ymm(26), Mem.at(RBX, 66))),
          of("vpmovb2m k1, zmm20", "62 b2 7e 48 29 cc", a -> a.vpmovb2m(new Mask(1), zmm(20))),
          of("vpmovm2b zmm13, k5", "62 72 7e 48 28 ed", a -> a.vpmovm2b(zmm(13), new Mask(5))),
          of(
              "vptestmb k3, zmm12, [r15+64]",
              "62 d2 1d 48 26 5f 01",
              a -> a.vptestmb(new Mask(3), zmm(12), Mem.at(R15, 64))),
          of(
              "vpblendmb zmm7{k2}, zmm23, zmm8",
              "62 d2 45 42 66 f8",
              a -> a.vpblendmb(zmm(7), new Mask(2), zmm(23), zmm(8))),
          of(
              "vpunpcklbw zmm12, zmm4, zmm21",
              "62 31 5d 48 60 e5",
              a -> a.vpunpcklbw(zmm(12), zmm(4), zmm(21))),
          of(
              "vpunpckhbw zmm12, zmm20, zmm5",
              "62 71 5d 40 68 e5",
              a -> a.vpunpckhbw(zmm(12), zmm(20), zmm(5))),
          of(
              "vpmovzxbq zmm9, [rsp+136]",
              "62 72 7d 48 32 4c 24 11",
              a -> a.vpmovzxbq(zmm(9), Mem.at(RSP, 136))),
          of(
              "vpmovzxwq zmm8, [rsp+16]",
              "62 72 7d 48 34 44 24 01",
              a -> a.vpmovzxwq(zmm(8), Mem.at(RSP, 16))),
          of(
              "vpord zmm8, zmm8, [r15+320]",
              "62 51 3d 48 eb 47 05",
              a -> a.vpord(zmm(8), zmm(8), Mem.at(R15, 320))),
          of(
              "vpaddb zmm8, zmm9, zmm21",
              "62 31 35 48 fc c5",
              a -> a.vpaddb(zmm(8), zmm(9), zmm(21))),
          of(
              "vpcmpnltub k2, zmm9, zmm18",
              "62 b3 35 48 3e d2 05",
              a -> a.vpcmpnltub(new Mask(2), zmm(9), zmm(18))),
          of("vmovups zmm5, zmm20", "62 b1 7c 48 10 ec", a -> a.vmovups(zmm(5), zmm(20))));

  private IntegerInstructionTexts() {}
}
