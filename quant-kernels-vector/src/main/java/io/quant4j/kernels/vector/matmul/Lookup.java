package io.quant4j.kernels.vector.matmul;

import io.quant4j.core.format.IQ4_NL;
import io.quant4j.core.format.MXFP4;
import io.quant4j.kernels.vector.lanes.Sixteen;
import java.util.function.IntUnaryOperator;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;

/** Formats whose codes of 4 bits stand for sixteen values at uneven distances. */
final class Lookup {
  private static final ByteVector NON_LINEAR = table(IQ4_NL::value);
  private static final ByteVector FLOATS = table(MXFP4::doubledValue);

  private Lookup() {}

  private static ByteVector table(IntUnaryOperator value) {
    byte[] values = new byte[Sixteen.LENGTH];
    for (int code = 0; code < values.length; code++) {
      values[code] = (byte) value.applyAsInt(code);
    }
    return Sixteen.bytes(values, 0);
  }

  /** The values of IQ4_NL and IQ4_XS. */
  static ByteVector nonLinear(IntVector codes) {
    return codes.reinterpretAsBytes().selectFrom(NON_LINEAR);
  }

  /** Twice the values of MXFP4 and NVFP4. */
  static ByteVector doubledFloats(IntVector codes) {
    return codes.reinterpretAsBytes().selectFrom(FLOATS);
  }
}
