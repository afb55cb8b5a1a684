package io.quant4j.gguf.file;

import java.util.List;
import java.util.Map;

/** Encodes what stands in front of the tensor data. */
final class HeaderEncoder {
  private HeaderEncoder() {}

  static byte[] encode(Map<String, GgufValue> values, List<GgufTensor> tensors, long alignment) {
    LittleEndianBuffer out = new LittleEndianBuffer();
    out.putBytes(Header.MAGIC);
    out.putInt(Header.CURRENT_VERSION);
    out.putLong(tensors.size());
    out.putLong(values.size());
    values.forEach((key, value) -> {
      out.putString(key);
      out.putInt(value.type().id());
      putValue(out, value);
    });
    for (GgufTensor tensor : tensors) {
      putTensor(out, tensor);
    }
    out.pad(alignment);
    return out.toByteArray();
  }

  private static void putValue(LittleEndianBuffer out, GgufValue value) {
    switch (value) {
      case GgufValue.Int number -> out.putNumber(number.value(), number.type().minimumBytes());
      case GgufValue.Real number when number.type() == GgufType.FLOAT32 ->
          out.putInt(Float.floatToRawIntBits((float) number.value()));
      case GgufValue.Real number -> out.putLong(Double.doubleToRawLongBits(number.value()));
      case GgufValue.Bool bool -> out.putByte(bool.value() ? 1 : 0);
      case Text text -> putArray(out, text.bytes().length, text.bytes());
      case NumberArray array -> {
        out.putInt(array.element().id());
        putArray(out, array.size(), array.bytes());
      }
      case TextArray array -> {
        out.putInt(GgufType.STRING.id());
        putArray(out, array.size(), array.encoded());
      }
    }
  }

  private static void putArray(LittleEndianBuffer out, int count, byte[] bytes) {
    out.putLong(count);
    out.putBytes(bytes);
  }

  /** Sizes innermost first. */
  private static void putTensor(LittleEndianBuffer out, GgufTensor tensor) {
    out.putString(tensor.name());
    List<Long> sizes = tensor.asStored().shape().sizes();
    out.putInt(sizes.size());
    sizes.reversed().forEach(out::putLong);
    out.putInt(tensor.type().id());
    out.putLong(tensor.offset());
  }
}
