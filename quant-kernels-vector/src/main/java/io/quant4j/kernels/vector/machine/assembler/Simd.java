package io.quant4j.kernels.vector.machine.assembler;

/**
 * A vector register.
 *
 * @param number 0 to 31
 * @param bytes 16, 32 or 64: how much of it an instruction means
 */
public record Simd(int number, int bytes) {

  /** All 512 bits. */
  public static Simd zmm(int number) {
    return new Simd(number, 64);
  }

  /** The lower 256 bits. */
  public static Simd ymm(int number) {
    return new Simd(number, 32);
  }

  /** The lower 128 bits. */
  public static Simd xmm(int number) {
    return new Simd(number, 16);
  }

  /** The lower half of the same register. */
  public Simd half() {
    return new Simd(number, bytes / 2);
  }

  /** The lowest 128 bits of the same register. */
  public Simd quarter() {
    return new Simd(number, 16);
  }
}
