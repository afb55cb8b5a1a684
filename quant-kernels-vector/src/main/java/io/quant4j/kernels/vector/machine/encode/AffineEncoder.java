package io.quant4j.kernels.vector.machine.encode;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.AffineSuperBlock;
import io.quant4j.core.format.AsymmetricSearch.Candidates;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.ErrorWeights;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.kernels.vector.encode.AffineChoice;
import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Encodes rows in a format with a scale and a minimum for each group of a block of 256. */
final class AffineEncoder implements RowEncoder {
  /** Sets that a search works on at once, and for the rest of a row. */
  private static final int MANY = 4;

  private static final int FEW = 2;

  private final BlockFormat format;
  private final AffineSuperBlock.Rule rule;
  private final Fields fields;
  private final RowCodes codes;
  private final Map<Weighing, RowSearch> searches = new ConcurrentHashMap<>();

  /**
   * Where a block holds what.
   *
   * @param d offset of the scale of the scales
   * @param dmin offset of the scale of the minimums
   * @param codes of groups
   * @param planes of the codes of elements
   */
  record Fields(int d, int dmin, ScaleCodes codes, List<CodesCode.Plane> planes) {}

  /** Stores the integers of the scales and minimums of a block. */
  interface ScaleCodes {
    void put(AffineChoice choice, MemorySegment target, long block);
  }

  AffineEncoder(BlockFormat format, AffineSuperBlock.Rule rule, Fields fields) {
    this.format = format;
    this.rule = rule;
    this.fields = fields;
    byte[] code = CodesCode.of(rule.groupElements(), 0, rule.largestCode(), fields.planes());
    this.codes = new RowCodes(format, rule.groupElements(), Functions.map(code));
  }

  private RowSearch search(boolean importance) {
    Weighing weighing =
        importance
            ? Weighing.SCALED_IMPORTANCE
            : switch (rule.plainWeights()) {
              case MAGNITUDE -> Weighing.MAGNITUDE;
              case MAGNITUDE_AND_MEAN -> Weighing.MAGNITUDE_AND_MEAN;
            };
    Candidates candidates = importance ? Candidates.WITH_IMPORTANCE : rule.plainCandidates();
    return searches.computeIfAbsent(
        weighing,
        w ->
            new RowSearch(
                rule.groupElements(),
                List.of(step(MANY, w, candidates), step(FEW, w, candidates))));
  }

  private RowSearch.Step step(int sets, Weighing weighing, Candidates candidates) {
    int size = rule.groupElements();
    return new RowSearch.Step(
        AsymmetricCode.of(size, rule.largestCode(), candidates, weighing, sets),
        AsymmetricCode.batchElements(size, sets));
  }

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    int blocks = Blocks.count(format, cols);
    MemorySegment stored = target.asSlice(byteOffset, format.byteSize(cols));
    if (blocks == 0) {
      return;
    }
    Row groups = new Row(row, rowOffset, cols, importance);
    for (int b = 0; b < blocks; b++) {
      groups.choose(b, stored);
    }
    codes.store(row, rowOffset, groups.maps, stored);
    groups.spoil(stored);
  }

  /** The groups of one row. */
  private final class Row {
    final float[] maps;
    private final int groupsOfBlock = format.blockElements() / rule.groupElements();
    private final AffineChoice choice = new AffineChoice(rule);
    private final boolean weighted;
    private final float[] found;
    private final int plane;
    private final boolean[] notFinite;
    private boolean spoiled;

    Row(float[] row, int from, int cols, float @Nullable [] importance) {
      weighted = importance != null;
      RowSearch search = search(weighted);
      int groups = cols / rule.groupElements();
      maps = new float[groups * CodesCode.MAP_FLOATS];
      notFinite = new boolean[groups / groupsOfBlock];
      plane = search.planeFloats(cols);
      found = new float[AsymmetricCode.PLANES * plane];
      if (weighted) {
        putBases(row, from);
      }
      search.run(row, from, cols, importance, null, found, AsymmetricCode.PLANES);
    }

    private void putBases(float[] row, int from) {
      for (int b = 0; b < notFinite.length; b++) {
        int at = from + b * format.blockElements();
        float base = ErrorWeights.meanSquare(row, at, format.blockElements(), rule.base());
        int first = AsymmetricCode.MAGNITUDE * plane + b * groupsOfBlock;
        Arrays.fill(found, first, first + groupsOfBlock, base);
      }
    }

    void choose(int block, MemorySegment stored) {
      int first = block * groupsOfBlock;
      int scales = AsymmetricCode.SCALE * plane + first;
      int offsets = AsymmetricCode.OFFSET * plane + first;
      int weights = AsymmetricCode.SUM_OF_WEIGHTS * plane + first;
      if (!Blocks.finite(found, AsymmetricCode.MAGNITUDE * plane + first, groupsOfBlock)
          || !choice.choose(found, scales, offsets, weighted ? weights : AffineChoice.UNWEIGHTED)) {
        notFinite[block] = true;
        spoiled = true;
        return;
      }
      long at = (long) block * format.blockBytes();
      float d = LittleEndian.putHalf(stored, at + fields.d(), choice.d());
      float dmin = LittleEndian.putHalf(stored, at + fields.dmin(), choice.dmin());
      fields.codes().put(choice, stored, at);
      map(first, d, dmin);
    }

    private void map(int first, float d, float dmin) {
      for (int g = 0; g < groupsOfBlock; g++) {
        float scale = d * (choice.scaleCodes()[g] & 0xff);
        int group = first + g;
        if (scale == 0) { // the codes do not matter; upstream leaves what the search found
          float offset = found[AsymmetricCode.CODE_OFFSET * plane + group];
          float inverse = found[AsymmetricCode.CODE_INVERSE * plane + group];
          RowCodes.multiply(maps, group, offset, inverse);
        } else {
          RowCodes.divide(maps, group, dmin * (choice.minimumCodes()[g] & 0xff), scale);
        }
      }
    }

    /** Blocks that hold something else than finite numbers, or lead to such scales. */
    void spoil(MemorySegment stored) {
      for (int b = 0; spoiled && b < notFinite.length; b++) {
        if (notFinite[b]) {
          long at = (long) b * format.blockBytes();
          Blocks.putNotANumber(stored, at, format.blockBytes(), fields.d());
        }
      }
    }
  }
}
