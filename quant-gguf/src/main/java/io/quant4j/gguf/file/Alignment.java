package io.quant4j.gguf.file;

import java.util.Map;

/** Where tensor data may start. */
public final class Alignment {
  /** Key that states another alignment than {@link #DEFAULT}. */
  public static final String KEY = "general.alignment";

  /** Bytes, if a file states nothing. */
  public static final long DEFAULT = 32;

  /** Largest alignment that is written. Reading takes any; writing pads the header, too. */
  public static final long MAX_WRITTEN = 1 << 20;

  private Alignment() {}

  /**
   * The smallest multiple of {@code alignment} that is not below {@code position}.
   *
   * @param position bytes, at most {@code Long.MAX_VALUE - alignment}
   * @param alignment bytes, a power of two
   */
  public static long padded(long position, long alignment) {
    return (position + alignment - 1) & -alignment;
  }

  /** The alignment that valid metadata states, or the default. */
  public static long of(Map<String, GgufValue> values) {
    return values.get(KEY) instanceof GgufValue.Int number ? number.value() : DEFAULT;
  }

  /** Whether a number is a power of two. */
  public static boolean isValid(long alignment) {
    return alignment > 0 && Long.bitCount(alignment) == 1;
  }
}
