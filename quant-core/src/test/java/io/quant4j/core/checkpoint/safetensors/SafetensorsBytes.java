package io.quant4j.core.checkpoint.safetensors;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Builds safetensors files field by field, right or wrong. */
public final class SafetensorsBytes {
  private final Map<String, String> entries = new LinkedHashMap<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  /** A file of a length field that tells the truth, a header and data. */
  public static byte[] file(String header, int dataBytes) {
    return file(header.getBytes(StandardCharsets.UTF_8).length, header, new byte[dataBytes]);
  }

  /** A file of three parts that need not fit. */
  public static byte[] file(long statedLength, String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(statedLength)
        .put(json)
        .put(data)
        .array();
  }

  /** Appends a tensor of zeros. */
  public SafetensorsBytes zeros(String name, String dtype, int elementBytes, long... shape) {
    return tensor(
        name,
        dtype,
        new byte[(int) Arrays.stream(shape).reduce(elementBytes, (a, b) -> a * b)],
        shape);
  }

  /** Appends a tensor of F32. */
  public SafetensorsBytes floats(String name, float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(name, "F32", bytes.array(), shape);
  }

  /** Appends a tensor. */
  public SafetensorsBytes tensor(String name, String dtype, byte[] bytes, long... shape) {
    int begin = data.size();
    data.writeBytes(bytes);
    entries.put(
        name,
        "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(dtype, Arrays.toString(shape), begin, data.size()));
    return this;
  }

  /** The whole file. */
  public byte[] bytes() {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    entries.forEach((name, entry) -> header.append(",\"" + name + "\":" + entry));
    header.append('}');
    while (header.length() % 8 != 0) {
      header.append(' ');
    }
    return file(header.length(), header.toString(), data.toByteArray());
  }
}
