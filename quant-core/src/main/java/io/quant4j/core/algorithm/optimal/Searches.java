package io.quant4j.core.algorithm.optimal;

import io.quant4j.core.algorithm.optimal.LinearLanes.Range;
import io.quant4j.core.format.IQ4_NL;
import io.quant4j.core.format.IQ4_XS;
import io.quant4j.core.format.Q2_K;
import io.quant4j.core.format.Q3_K;
import io.quant4j.core.format.Q4_0;
import io.quant4j.core.format.Q4_1;
import io.quant4j.core.format.Q4_K;
import io.quant4j.core.format.Q5_0;
import io.quant4j.core.format.Q5_1;
import io.quant4j.core.format.Q5_K;
import io.quant4j.core.format.Q6_K;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The search of each format. Together with the format's own rule it may cost at most four times
 * what upstream's encoder with importance matrix costs on the same core. Q8_0 has none for that
 * reason: four times its rule, which is one pass, is about 4 ns per weight.
 */
final class Searches {
  /** Most blocks that one search takes, where a block is one group. */
  static final int MOST_BLOCKS = 8;

  private static final int BLOCK = 32;
  private static final int SUPER_BLOCK = 256;

  /** Trials of a scale without minimum: twice as many gain less than a hundredth of the loss. */
  private static final int TRIALS = 6;

  /** Scales to start from, as factors of the one that covers a group: for few levels, for many. */
  private static final float[] COARSE = between(0.7f, 1.05f);

  private static final float[] FINE = between(0.9f, 1.02f);

  private static final Range THREE_BITS = new Range(-4, 3, Q3_K.ZERO_CODE);
  private static final Range FOUR_BITS = new Range(-8, 7, Q4_0.ZERO_CODE);
  private static final Range FIVE_BITS = new Range(-16, 15, Q5_0.ZERO_CODE);
  private static final Range SIX_BITS = new Range(-32, 31, Q6_K.ZERO_CODE);

  /** By format: makes a search of at most so many blocks at once. */
  private static final Map<String, IntFunction<BlockSearch>> BY_FORMAT =
      Map.ofEntries(
          Map.entry("Q2_K", blocks -> q2()),
          Map.entry("Q3_K", blocks -> q3()),
          Map.entry("Q4_K", blocks -> q4()),
          Map.entry("Q5_K", blocks -> q5()),
          Map.entry("Q6_K", blocks -> q6()),
          Map.entry("IQ4_XS", blocks -> iq4()),
          Map.entry("IQ4_NL", blocks -> symmetric(table(blocks), COARSE, IQ4_NL::putBlock)),
          Map.entry("Q4_0", n -> symmetric(linear(n, FOUR_BITS), COARSE, Q4_0::putBlock)),
          Map.entry("Q5_0", n -> symmetric(linear(n, FIVE_BITS), FINE, Q5_0::putBlock)),
          Map.entry("Q4_1", blocks -> affine(blocks, 15, Q4_1::putBlock)),
          Map.entry("Q5_1", blocks -> affine(blocks, 31, Q5_1::putBlock)));

  private Searches() {}

  private static float[] between(float first, float last) {
    float step = (last - first) / (TRIALS - 1);
    float[] numbers = new float[TRIALS];
    IntStream.range(0, TRIALS).forEach(i -> numbers[i] = first + i * step);
    return numbers;
  }

  /**
   * What makes searches for the format of this name, given how many blocks they will take at once;
   * empty if there is no search for it.
   */
  static Optional<IntFunction<BlockSearch>> find(String format) {
    return Optional.ofNullable(BY_FORMAT.get(format));
  }

  private static BlockSearch q2() {
    AffineBlockSearch search = new AffineBlockSearch(16, Q2_K.GROUP_ELEMENTS, 3, 15);
    return new AffineBlocks(search, SUPER_BLOCK, Q2_K.D_OFFSET, Q2_K.DMIN_OFFSET, Q2_K::putBlock);
  }

  private static BlockSearch q4() {
    AffineBlockSearch search = new AffineBlockSearch(8, Q4_K.GROUP_ELEMENTS, 15, 63);
    return new AffineBlocks(search, SUPER_BLOCK, Q4_K.D_OFFSET, Q4_K.DMIN_OFFSET, Q4_K::putBlock);
  }

  private static BlockSearch q5() {
    AffineBlockSearch search = new AffineBlockSearch(8, Q5_K.GROUP_ELEMENTS, 31, 63);
    return new AffineBlocks(search, SUPER_BLOCK, Q5_K.D_OFFSET, Q5_K.DMIN_OFFSET, Q5_K::putBlock);
  }

  private static BlockSearch q3() {
    SymmetricLanes lanes = new LinearLanes(16, Q3_K.GROUP_ELEMENTS, THREE_BITS, TRIALS);
    SymmetricBlockSearch search = new SymmetricBlockSearch(lanes, COARSE, -32, 1);
    return new SymmetricBlocks(search, 16, SUPER_BLOCK, Q3_K.D_OFFSET, 0, Q3_K::putBlock);
  }

  private static BlockSearch q6() {
    SymmetricLanes lanes = new LinearLanes(16, Q6_K.GROUP_ELEMENTS, SIX_BITS, TRIALS);
    SymmetricBlockSearch search = new SymmetricBlockSearch(lanes, FINE, -128, 2);
    return new SymmetricBlocks(search, 16, SUPER_BLOCK, Q6_K.D_OFFSET, -128, Q6_K::putBlock);
  }

  private static BlockSearch iq4() {
    SymmetricLanes lanes = new TableLanes(8, IQ4_XS.GROUP_ELEMENTS, TRIALS);
    SymmetricBlockSearch search = new SymmetricBlockSearch(lanes, COARSE, -32, 1);
    return new SymmetricBlocks(search, 8, SUPER_BLOCK, IQ4_XS.D_OFFSET, 0, IQ4_XS::putBlock);
  }

  private static SymmetricLanes linear(int blocks, Range range) {
    return new LinearLanes(blocks, BLOCK, range, TRIALS);
  }

  private static SymmetricLanes table(int blocks) {
    return new TableLanes(blocks, BLOCK, TRIALS);
  }

  private static BlockSearch symmetric(
      SymmetricLanes lanes, float[] stretches, SymmetricRows.Packing packing) {
    return new SymmetricRows(new SymmetricRowSearch(lanes, stretches), BLOCK, packing);
  }

  private static BlockSearch affine(int blocks, int largestCode, AffineRows.Packing packing) {
    return new AffineRows(new AffineRowSearch(blocks, BLOCK, largestCode), BLOCK, packing);
  }
}
