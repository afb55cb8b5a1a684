package io.quant4j.api.spi;

/** Whether a kernel backend can run here. */
public sealed interface Availability {

  /**
   * It can.
   *
   * @param description what it runs on, such as "512-bit vectors"
   */
  record Usable(String description) implements Availability {}

  /**
   * It cannot.
   *
   * @param reason what is missing
   * @param remedy the exact flag, jar or driver that helps
   */
  record Unusable(String reason, String remedy) implements Availability {}
}
