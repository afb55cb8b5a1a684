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
   * It cannot, although what it runs on is there or ought to be: something is worth mending.
   *
   * @param reason what is missing
   * @param remedy the exact flag, jar or driver that helps
   */
  record Unusable(String reason, String remedy) implements Availability {}

  /**
   * It cannot, since this machine has nothing of the kind that it runs on: nothing is wrong.
   *
   * @param reason what is not there
   * @param remedy what would have to be there
   */
  record Absent(String reason, String remedy) implements Availability {}
}
