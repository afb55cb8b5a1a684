package io.quant4j.families;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A safetensors file of random F32 tensors, built one by one. */
final class Safetensors {
  private final StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final SplittableRandom random;

  Safetensors(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Appends a tensor of numbers evenly spread over {@code center - spread .. center + spread}. */
  void add(String name, double center, double spread, long... shape) {
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat((float) (center + spread * (2 * random.nextDouble() - 1)));
    }
    int begin = data.size();
    data.writeBytes(bytes.array());
    header.append(
        ",\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(name, Arrays.toString(shape), begin, data.size()));
  }

  /** Appends a matrix whose products with numbers of variance 1 have a variance about that. */
  void matrix(String name, double gain, long... shape) {
    add(name, 0, gain * Math.sqrt(3.0 / shape[shape.length - 1]), shape);
  }

  void write(Path file) throws IOException {
    header.append('}');
    while (header.length() % 8 != 0) {
      header.append(' ');
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(8 + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, all.putLong(json.length).put(json).put(data.toByteArray()).array());
  }
}
