package io.quant4j.kernels.cuda.driver;

/**
 * How a kernel is spread over the device.
 *
 * @param x blocks
 * @param y blocks
 * @param z blocks
 * @param block threads of a block
 * @param sharedBytes of dynamic shared memory of a block
 */
public record Grid(int x, int y, int z, int block, int sharedBytes) {
  private static final int MOST_YZ = 65_535;

  public Grid {
    if (x < 0 || y < 0 || z < 0 || y > MOST_YZ || z > MOST_YZ) {
      throw new AssertionError("no device takes a grid of %d x %d x %d".formatted(x, y, z));
    }
  }

  /** Blocks in one row. */
  public static Grid of(int x, int block) {
    return new Grid(x, 1, 1, block, 0);
  }

  /** Blocks in rows. */
  public static Grid of(int x, int y, int block) {
    return new Grid(x, y, 1, block, 0);
  }

  boolean isEmpty() {
    return x == 0 || y == 0 || z == 0;
  }
}
