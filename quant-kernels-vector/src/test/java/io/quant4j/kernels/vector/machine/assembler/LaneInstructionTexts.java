package io.quant4j.kernels.vector.machine.assembler;

import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;
import static io.quant4j.kernels.vector.machine.assembler.Instruction.of;
import static io.quant4j.kernels.vector.machine.assembler.Simd.xmm;
import static io.quant4j.kernels.vector.machine.assembler.Simd.zmm;

import java.util.List;

/** Comparisons and what chooses between lanes, for {@link InstructionsTest}. */
final class LaneInstructionTexts {
  static final List<Instruction> ALL =
      List.of(
          of(
              "vminps zmm1, zmm18, zmm3",
              "62 f1 6c 40 5d cb",
              a -> a.vminps(zmm(1), zmm(18), zmm(3))),
          of(
              "vmaxps zmm20, zmm2, zmm9",
              "62 c1 6c 48 5f e1",
              a -> a.vmaxps(zmm(20), zmm(2), zmm(9))),
          of(
              "vfmadd231pd zmm3, zmm29, zmm27",
              "62 92 95 40 b8 db",
              a -> a.vfmadd231pd(zmm(3), zmm(29), zmm(27))),
          of(
              "vaddpd zmm5, zmm16, zmm6",
              "62 f1 fd 40 58 ee",
              a -> a.vaddpd(zmm(5), zmm(16), zmm(6))),
          of(
              "vcvtps2pd zmm18, [rdi+32]",
              "62 e1 7c 48 5a 57 01",
              a -> a.vcvtps2pd(zmm(18), Mem.at(RDI, 32))),
          of(
              "vaddsd xmm1, xmm2, [rsp-56]",
              "62 f1 ef 08 58 4c 24 f9",
              a -> a.vaddsd(xmm(1), xmm(2), Mem.at(RSP, -56))),
          of(
              "vdivsd xmm1, xmm18, [rsp+8]",
              "62 f1 ef 00 5e 4c 24 01",
              a -> a.vdivsd(xmm(1), xmm(18), Mem.at(RSP, 8))),
          of(
              "vdivsd xmm2, xmm19, xmm1",
              "62 f1 e7 00 5e d1",
              a -> a.vdivsd(xmm(2), xmm(19), xmm(1))),
          of(
              "vsqrtsd xmm1, xmm21, xmm5",
              "62 f1 d7 00 51 cd",
              a -> a.vsqrtsd(xmm(1), xmm(21), xmm(5))),
          of(
              "vcvtsd2ss xmm2, xmm20, xmm2",
              "62 f1 df 00 5a d2",
              a -> a.vcvtsd2ss(xmm(2), xmm(20), xmm(2))),
          of("vsqrtps zmm5, zmm21", "62 b1 7c 48 51 ed", a -> a.vsqrtps(zmm(5), zmm(21))),
          of(
              "vpminsd zmm6, zmm7, zmm24",
              "62 92 45 48 39 f0",
              a -> a.vpminsd(zmm(6), zmm(7), zmm(24))),
          of(
              "vpmaxsd zmm16, zmm17, zmm2",
              "62 e2 75 40 3d c2",
              a -> a.vpmaxsd(zmm(16), zmm(17), zmm(2))),
          of(
              "vcmpps k1, zmm2, zmm30, 30",
              "62 91 6c 48 c2 ce 1e",
              a -> a.vcmpps(new Mask(1), zmm(2), zmm(30), Comparison.GREATER)),
          of(
              "vcmpps k2{k3}, zmm12, zmm4, 17",
              "62 f1 1c 4b c2 d4 11",
              a -> a.vcmpps(new Mask(2), new Mask(3), zmm(12), zmm(4), Comparison.LESS)),
          of(
              "vcmpps k1, zmm2, zmm3, 18",
              "62 f1 6c 48 c2 cb 12",
              a -> a.vcmpps(new Mask(1), zmm(2), zmm(3), Comparison.LESS_OR_EQUAL)),
          of(
              "vcmpps k1, zmm2, zmm3, 0",
              "62 f1 6c 48 c2 cb 00",
              a -> a.vcmpps(new Mask(1), zmm(2), zmm(3), Comparison.EQUAL)),
          of(
              "vcmpps k1, zmm2, zmm3, 4",
              "62 f1 6c 48 c2 cb 04",
              a -> a.vcmpps(new Mask(1), zmm(2), zmm(3), Comparison.NOT_EQUAL)),
          of(
              "vmovups zmm17{k1}, zmm9",
              "62 c1 7c 49 10 c9",
              a -> a.vmovups(zmm(17), new Mask(1), zmm(9))),
          of("korw k7, k6, k1", "c5 cc 45 f9", a -> a.korw(new Mask(7), new Mask(6), new Mask(1))),
          of("kortestw k7, k2", "c5 f8 98 fa", a -> a.kortestw(new Mask(7), new Mask(2))),
          of(
              "vinsertf32x4 zmm3, zmm3, [r10+r8+4096], 2",
              "62 93 65 48 18 9c 02 00 10 00 00 02",
              a -> a.vinsertf32x4(zmm(3), zmm(3), Mem.at(R10, R8, 1, 4096), 2)),
          of(
              "vinsertf32x4 zmm19, zmm4, [rdi+48], 3",
              "62 e3 5d 48 18 5f 03 03",
              a -> a.vinsertf32x4(zmm(19), zmm(4), Mem.at(RDI, 48), 3)),
          of(
              "vpmovdb [rdx+32], zmm11",
              "62 72 7e 48 31 5a 02",
              a -> a.vpmovdb(Mem.at(RDX, 32), zmm(11))),
          of(
              "vshuff32x4 zmm17, zmm3, zmm20, 170",
              "62 a3 65 48 23 cc aa",
              a -> a.vshuff32x4(zmm(17), zmm(3), zmm(20), 170)),
          of(
              "vbroadcastsd zmm18, [rsi+1024]",
              "62 e2 fd 48 19 96 00 04 00 00",
              a -> a.vbroadcastsd(zmm(18), Mem.at(RSI, 1024))),
          of(
              "vmovlps xmm3, xmm19, [rdx+192]",
              "62 f1 64 00 12 5a 18",
              a -> a.vmovlps(xmm(3), xmm(19), Mem.at(RDX, 192))),
          of(
              "vmovhps xmm16, xmm2, [rdx+8]",
              "62 e1 6c 08 16 42 01",
              a -> a.vmovhps(xmm(16), xmm(2), Mem.at(RDX, 8))),
          of(
              "vmovlps [rdx+1024], xmm12",
              "62 71 7c 08 13 a2 00 04 00 00",
              a -> a.vmovlps(Mem.at(RDX, 1024), xmm(12))),
          of("vmovhps [rdi], xmm21", "62 e1 7c 08 17 2f", a -> a.vmovhps(Mem.at(RDI, 0), xmm(21))),
          of(
              "vaddps zmm3, zmm2, [rsp+8256]",
              "62 f1 6c 48 58 9c 24 40 20 00 00",
              a -> a.vaddps(zmm(3), zmm(2), Mem.at(RSP, 8256))),
          of(
              "vaddps zmm1, zmm2, dword ptr [rsi+12]{1to16}",
              "62 f1 6c 58 58 4e 03",
              a -> a.vaddps(zmm(1), zmm(2), Mem.at(RSI, 12).toAllLanes())),
          of(
              "vdivps zmm21, zmm2, [rsi+64]",
              "62 e1 6c 48 5e 6e 01",
              a -> a.vdivps(zmm(21), zmm(2), Mem.at(RSI, 64))));

  private LaneInstructionTexts() {}
}
