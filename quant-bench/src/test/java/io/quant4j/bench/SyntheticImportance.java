package io.quant4j.bench;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.Quant4J;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** An importance matrix from a seed, since a model of random weights has no calibration text. */
final class SyntheticImportance {
  private static final long SEED = 7;
  private static final float TOKENS = 100;

  private SyntheticImportance() {}

  /** Writes a matrix for all layers' matrices of a GGUF model. */
  public static void main(String[] args) {
    of(Path.of(args[0])).write(Path.of(args[1]));
  }

  /**
   * A matrix for all layers' matrices: a few columns matter hundreds of times more than most, and
   * the last expert of every stack saw nothing.
   */
  static ImportanceMatrix of(Path model) {
    TreeMap<String, ImportanceMatrix.Entry> entries = new TreeMap<>();
    try (Checkpoint checkpoint = Quant4J.open(model)) {
      for (StoredTensor tensor : checkpoint.tensors()) {
        boolean matrix =
            tensor.role().filter(role -> role.layer() >= 0 && role.kind().matrix()).isPresent();
        if (matrix) {
          String name = tensor.info().name();
          entries.put(name, entry(tensor.info().shape(), SEED + name.hashCode()));
        }
      }
    }
    return new ImportanceMatrix(List.of("synthetic"), 2, 512, entries);
  }

  private static ImportanceMatrix.Entry entry(Shape shape, long seed) {
    int matrices = shape.rank() > 2 ? Math.toIntExact(shape.sizes().getFirst()) : 1;
    float[] counts = new float[matrices];
    float[] sums = new float[Math.toIntExact(matrices * shape.cols())];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < sums.length; i++) {
      double uniform = random.nextDouble();
      double fourth = uniform * uniform * uniform * uniform;
      sums[i] = (float) (TOKENS * (0.001 + fourth * fourth));
    }
    Arrays.fill(counts, TOKENS);
    if (matrices > 1) {
      counts[matrices - 1] = 0;
      Arrays.fill(sums, sums.length - Math.toIntExact(shape.cols()), sums.length, 0);
    }
    return new ImportanceMatrix.Entry(sums, counts);
  }
}
