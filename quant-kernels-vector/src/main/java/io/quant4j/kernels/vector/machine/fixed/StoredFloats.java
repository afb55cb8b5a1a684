package io.quant4j.kernels.vector.machine.fixed;

import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.format.BF16;
import io.quant4j.core.format.F16;
import io.quant4j.core.format.F32;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import java.util.Arrays;
import java.util.Optional;

/** Numbers without blocks, which are read as floats by one or two instructions. */
enum StoredFloats {
  FLOATS(new F32().id(), Float.BYTES) {
    @Override
    void load(Assembler a, Simd to, Mem from) {
      a.vmovups(to, from);
    }
  },
  HALVES(new F16().id(), Short.BYTES) {
    @Override
    void load(Assembler a, Simd to, Mem from) {
      a.vcvtph2ps(to, from);
    }
  },
  UPPER_HALVES(new BF16().id(), Short.BYTES) {
    @Override
    void load(Assembler a, Simd to, Mem from) {
      a.vpmovzxwd(to, from);
      a.vpslld(to, to, Short.SIZE);
    }
  };

  private final FormatId format;
  private final int bytes;

  StoredFloats(FormatId format, int bytes) {
    this.format = format;
    this.bytes = bytes;
  }

  /** How a format stores its numbers, unless it has blocks. */
  static Optional<StoredFloats> of(FormatId format) {
    return Arrays.stream(values()).filter(s -> s.format.equals(format)).findFirst();
  }

  /** Bytes of a number. */
  int bytes() {
    return bytes;
  }

  /** Code that reads 16 numbers. */
  abstract void load(Assembler a, Simd to, Mem from);
}
