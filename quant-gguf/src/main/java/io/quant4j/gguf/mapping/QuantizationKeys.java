package io.quant4j.gguf.mapping;

import io.quant4j.api.spi.ImportanceOrigin;
import io.quant4j.gguf.file.GgufValue;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Metadata keys that say which importance matrix a model was quantized with (upstream: {@code
 * tools/quantize/quantize.cpp}).
 */
public final class QuantizationKeys {
  /** Beginning of all of them. */
  static final String PREFIX = "quantize.imatrix.";

  private static final String FILE = PREFIX + "file";
  private static final String DATASET = PREFIX + "dataset";
  private static final String ENTRIES = PREFIX + "entries_count";
  private static final String CHUNKS = PREFIX + "chunks_count";

  /** Upstream keeps values of overrides in 128 bytes, the last of them zero. */
  private static final int MAX_TEXT_BYTES = 127;

  private QuantizationKeys() {}

  /** Adds the keys, in place of those of an earlier quantization. */
  public static void put(ImportanceOrigin origin, Map<String, GgufValue> values) {
    values.keySet().removeIf(key -> key.startsWith(PREFIX));
    origin.file().ifPresent(file -> values.put(FILE, text(file)));
    origin.dataset().ifPresent(dataset -> values.put(DATASET, text(dataset)));
    values.put(ENTRIES, GgufValue.uint32(origin.entries()));
    if (origin.chunks() > 0) {
      values.put(CHUNKS, GgufValue.uint32(origin.chunks()));
    }
  }

  /** As much as fits, without half a character at the end. */
  private static GgufValue text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, MAX_TEXT_BYTES);
    while (length > 0 && length < bytes.length && (bytes[length] & 0xc0) == 0x80) {
      length--;
    }
    return GgufValue.text(new String(bytes, 0, length, StandardCharsets.UTF_8));
  }
}
