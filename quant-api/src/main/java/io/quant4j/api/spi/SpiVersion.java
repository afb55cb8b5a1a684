package io.quant4j.api.spi;

/**
 * Version of the interfaces in this package. Core refuses a provider that was compiled against
 * another one.
 */
public final class SpiVersion {
  /** Raised with every incompatible change of this package. */
  public static final int CURRENT = 3;

  private SpiVersion() {}
}
