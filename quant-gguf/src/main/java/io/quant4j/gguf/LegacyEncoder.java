package io.quant4j.gguf;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Encodes the format of {@link LegacyImportanceMatrix}, with upstream's roundings. */
final class LegacyEncoder {
  private final ImportanceMatrix matrix;
  private final Path target;
  private final SortedMap<String, Entry> stored;

  LegacyEncoder(ImportanceMatrix matrix, Path target) {
    this.matrix = matrix;
    this.target = target;
    stored = new TreeMap<>(matrix.entries());
    stored.values().removeIf(entry -> most(entry) == 0);
  }

  /** Names of the entries that are written. */
  Set<String> names() {
    return stored.keySet();
  }

  byte[] encode() {
    byte[] dataset = matrix.datasets().isEmpty() ? new byte[0] : utf8(matrix.datasets().getLast());
    ByteBuffer out = ByteBuffer.allocate(byteSize(dataset));
    out.order(ByteOrder.LITTLE_ENDIAN).putInt(stored.size());
    stored.forEach((name, entry) -> put(out, name, entry));
    out.putInt(matrix.chunks());
    put(out, dataset);
    return out.array();
  }

  private int byteSize(byte[] dataset) {
    long size = 3L * Integer.BYTES + dataset.length;
    for (Map.Entry<String, Entry> entry : stored.entrySet()) {
      size += 3L * Integer.BYTES + utf8(entry.getKey()).length;
      size += (long) entry.getValue().sums().length * Float.BYTES;
    }
    if (stored.isEmpty() || size > Integer.MAX_VALUE - 8) {
      throw new InvalidRequestException(
          ErrorLocation.of(target),
          stored.isEmpty()
              ? "no entry of the importance matrix saw anything"
              : "the importance matrix takes %d bytes".formatted(size),
          "Write the GGUF format instead.");
    }
    return (int) size;
  }

  private void put(ByteBuffer out, String name, Entry entry) {
    // Rounded up, so that an entry with few tokens does not become one without any.
    int chunkTokens = Math.max(1, matrix.chunkTokens());
    int chunks = (int) (((long) most(entry) + chunkTokens - 1) / chunkTokens);
    put(out, utf8(name));
    out.putInt(chunks);
    out.putInt(entry.sums().length);
    for (int i = 0; i < entry.sums().length; i++) {
      float count = entry.counts()[i / entry.cols()];
      // The mean times the windows; where counts are windows, that is the sum.
      float value = count == chunks ? entry.sums()[i] : entry.sums()[i] / count * chunks;
      out.putFloat(count == 0 ? chunks : value);
    }
  }

  private static float most(Entry entry) {
    float most = 0;
    for (float count : entry.counts()) {
      most = Math.max(most, count);
    }
    return most;
  }

  private static void put(ByteBuffer out, byte[] text) {
    out.putInt(text.length);
    out.put(text);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
