package io.quant4j.gguf.file;

import java.util.Locale;
import java.util.Optional;

/** Types of metadata values. The order of the constants is that of the ids in a file. */
public enum GgufType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(8),
  ARRAY(12),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  private static final GgufType[] BY_ID = values();

  private final int minimumBytes;

  GgufType(int minimumBytes) {
    this.minimumBytes = minimumBytes;
  }

  /** The type of an id in a file, if there is one. */
  public static Optional<GgufType> byId(int id) {
    return id < 0 || id >= BY_ID.length ? Optional.empty() : Optional.of(BY_ID[id]);
  }

  /** Id in a file. */
  public int id() {
    return ordinal();
  }

  /** Bytes of a number; for strings and arrays the bytes of an empty one. */
  public int minimumBytes() {
    return minimumBytes;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
