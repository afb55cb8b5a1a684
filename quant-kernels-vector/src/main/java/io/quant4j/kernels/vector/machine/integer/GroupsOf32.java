package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.RowCode;

/** Eight blocks of 32. */
final class GroupsOf32 implements RowCode {
  private static final Simd STORED = Simd.zmm(4);
  private static final Simd CODES = Simd.zmm(5);
  private static final Simd PRODUCTS = Simd.zmm(6);
  private static final Simd SCALES = Simd.zmm(7);
  private static final Simd TOTAL = Simd.zmm(8);
  private static final int SHARED = 12;

  private final int bytes;
  private final Simd[] codes = new Simd[2];
  private final Simd[] scales = new Simd[2];
  private final Simd nibbles;
  private final Simd mask;
  private final Simd offset;

  GroupsOf32(Constants constants) {
    this.bytes = 18;
    for (int half = 0; half < 2; half++) {
      int first = half == 0 ? 0 : 64 - 2 * bytes;
      codes[half] = constants.bytes(i -> first + i / 32 * bytes + 2 + i % 16);
      scales[half] =
          constants.ints(i -> {
            int word = (first + (i * 2 % 16) / 8 * bytes) / 2;
            return word << 16 | word;
          });
    }
    this.nibbles = constants.bytes(i -> i % 8 * 8 + (i % 32 < 16 ? 0 : 4));
    this.mask = constants.bytes(i -> 15);
    this.offset = constants.ints(i -> -8);
  }

  @Override
  public int bytes() {
    return 8 * bytes;
  }

  @Override
  public int vectorBytes() {
    return IntegerVector.BYTES;
  }

  @Override
  public void shared(Assembler a, Gpr vector) {
    for (int step = 0; step < 4; step++) {
      a.vpmulld(Simd.zmm(SHARED + step), offset, IntegerVector.fours(vector, step));
    }
  }

  @Override
  public void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    for (int step = 0; step < 4; step++) {
      int half = step % 2;
      int at = step / 2 * 4 * bytes + (half == 0 ? 0 : 4 * bytes - 64);
      a.vmovups(STORED, Mem.at(weights, at));
      a.vpermb(CODES, codes[half], STORED);
      a.vpmultishiftqb(CODES, nibbles, CODES);
      a.vpandd(CODES, CODES, mask);
      ByteProducts.write(a, PRODUCTS, CODES, vector, step);
      a.vpaddd(PRODUCTS, PRODUCTS, Simd.zmm(SHARED + step));
      a.vcvtdq2ps(PRODUCTS, PRODUCTS);
      a.vpermw(SCALES, scales[half], STORED);
      a.vcvtph2ps(SCALES, SCALES.half());
      if (step == 0) {
        a.vmulps(TOTAL, PRODUCTS, SCALES);
      } else {
        a.vfmadd231ps(TOTAL, PRODUCTS, SCALES);
      }
    }
    a.vfmadd231ps(sum, TOTAL, IntegerVector.scale(vector));
  }
}
