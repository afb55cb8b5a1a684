package io.quant4j.core.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;

/**
 * What ggml's own reference code makes of 16 rows of 1,024 floats of many kinds: encoded bytes, and
 * the floats it decodes them to. Upstream: llama.cpp commit 34af94cd9ab2, without fused
 * multiply-add.
 */
public final class Golden {
  public static final int ROWS = 16;
  public static final int COLS = 1024;

  private Golden() {}

  /** The rows. */
  public static float[] input() {
    return floats("input.f32");
  }

  /** Importance of the columns of every row. */
  public static float[] importance() {
    return floats("importance.f32");
  }

  /** Encoded rows; {@code mode} is {@code plain} or {@code importance}. */
  public static byte[] bytes(String format, String mode) {
    return read(format + "." + mode + ".bin");
  }

  /** What ggml decodes {@link #bytes} to. */
  public static float[] decoded(String format, String mode) {
    return floats(format + "." + mode + ".f32");
  }

  private static float[] floats(String name) {
    byte[] bytes = read(name);
    float[] floats = new float[bytes.length / Float.BYTES];
    MemorySegment.copy(
        MemorySegment.ofArray(bytes), LittleEndian.FLOAT, 0, floats, 0, floats.length);
    return floats;
  }

  private static byte[] read(String name) {
    try (InputStream stream = Golden.class.getResourceAsStream("/golden/ggml/" + name)) {
      if (stream == null) {
        throw new AssertionError("golden file " + name + " is missing");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("golden file " + name, e);
    }
  }
}
