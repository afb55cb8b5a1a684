package io.quant4j.core.quantize;

import io.quant4j.api.TensorSensitivity;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.quantize.budget.Allocation;
import io.quant4j.core.quantize.budget.BudgetSolver;
import io.quant4j.core.quantize.budget.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The formats of least expected loss within a number of bytes. The loss of a matrix in a format is
 * taken to be its sensitivity times its relative error, and losses to add up: errors of different
 * matrices are independent. Matrices that a container stores as one (fused query, key and value)
 * are one here; all others are free of each other.
 */
final class BudgetAssignment implements FormatAssignment {
  private static final Logger LOG = LoggerFactory.getLogger(BudgetAssignment.class);

  /** Containers pad tensors to at most so many bytes. */
  static final long PADDING = 32;

  private static final List<FormatId> BLOCKS_OF_256 =
      ids("Q2_K", "Q3_K", "IQ4_XS", "Q4_K", "Q5_K", "Q6_K", "Q8_0");
  private static final List<FormatId> CODEBOOKS = ids("IQ2_S", "IQ3_XXS", "IQ3_S");
  private static final List<FormatId> BLOCKS_OF_32 =
      ids("IQ4_NL", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0");
  private static final int SUPER_BLOCK = 256;

  private final long budget;
  private final Optional<TensorSensitivity> measured;
  private final MatrixErrors errors;
  private final FormatFit fit;
  private final Codecs codecs;
  private final int threads;

  /**
   * @param budget bytes of all matrices together, each padded to {@link #PADDING}
   */
  BudgetAssignment(
      long budget,
      Optional<TensorSensitivity> measured,
      MatrixErrors errors,
      FormatFit fit,
      Codecs codecs,
      int threads) {
    this.budget = budget;
    this.measured = measured;
    this.errors = errors;
    this.fit = fit;
    this.codecs = codecs;
    this.threads = threads;
  }

  private static List<FormatId> ids(String... names) {
    return Stream.of(names).map(FormatId::new).toList();
  }

  @Override
  public List<FormatId> assign(List<Matrix> matrices) {
    List<List<BlockFormat>> formats = matrices.stream().map(this::candidates).toList();
    double[][] losses = losses(matrices, formats);
    List<List<Choice>> things = new ArrayList<>();
    for (int i = 0; i < losses.length; i++) {
      things.add(choices(matrices.get(i), formats.get(i), losses[i]));
    }
    Allocation best = BudgetSolver.solve(things, budget).orElseThrow(() -> tooSmall(things));
    LOG.info(
        "{} bytes of {} used; expected loss {}, at least {} in any way within the budget",
        best.bytes(),
        budget,
        best.cost(),
        best.lowerBound());
    List<FormatId> assigned = new ArrayList<>();
    for (int i = 0; i < losses.length; i++) {
      assigned.add(formats.get(i).get(best.choices().get(i).index()).id());
    }
    return assigned;
  }

  /** What a matrix may become: the format that is fixed, or all that fit its rows. */
  private List<BlockFormat> candidates(Matrix matrix) {
    List<BlockFormat> candidates = new ArrayList<>();
    if (matrix.fixed().isPresent()) {
      FormatId wanted = fit.fit(matrix, matrix.fixed().get());
      return List.of(codecs.require(wanted, matrix.where()));
    }
    boolean wide = matrix.cols() % SUPER_BLOCK == 0;
    List<FormatId> ids = new ArrayList<>(wide ? BLOCKS_OF_256 : BLOCKS_OF_32);
    if (wide && matrix.importance().isPresent()) {
      ids.addAll(CODEBOOKS);
    }
    ids.add(Codecs.isPlain(matrix.storedFormat()) ? matrix.storedFormat() : FormatId.F16);
    ids.add(FormatId.F16);
    for (FormatId id : ids.stream().distinct().toList()) {
      codecs
          .find(id)
          .filter(format -> ShapeFallback.fits(format, matrix.cols()))
          .filter(format -> fit.allows(format))
          .ifPresent(candidates::add);
    }
    return candidates;
  }

  private double[][] losses(List<Matrix> matrices, List<List<BlockFormat>> formats) {
    AssumedSensitivity assumed = new AssumedSensitivity(matrices);
    double[][] losses = new double[matrices.size()][];
    ChunkQueue.handle(
        threads,
        matrices.size(),
        () ->
            i -> {
              Matrix matrix = matrices.get(i);
              double sensitivity =
                  measured.map(m -> require(m, matrix)).orElseGet(() -> assumed.of(matrix));
              losses[i] =
                  formats.get(i).size() == 1
                      ? new double[1]
                      : errors.measure(matrix, formats.get(i));
              for (int f = 0; f < losses[i].length; f++) {
                losses[i][f] *= sensitivity;
              }
            });
    return losses;
  }

  private static double require(TensorSensitivity measured, Matrix matrix) {
    return measured
        .find(matrix.tensor().originalName())
        .orElseThrow(() ->
            new InvalidRequestException(
                matrix.where(),
                "the sensitivities given have none of this matrix",
                "Measure those of this model, or leave them out."));
  }

  private List<Choice> choices(Matrix matrix, List<BlockFormat> formats, double[] losses) {
    List<Choice> choices = new ArrayList<>();
    for (int f = 0; f < losses.length; f++) {
      if (Double.isFinite(losses[f])) {
        choices.add(new Choice(f, padded(matrix, formats.get(f).id()), losses[f]));
      }
    }
    if (choices.isEmpty()) {
      throw new InvalidRequestException(
          matrix.where(),
          "the matrix holds NaN, infinity or numbers too large for all formats",
          "Get the model again from its source, or override the format of this tensor.");
    }
    return choices;
  }

  private long padded(Matrix matrix, FormatId format) {
    long bytes = fit.byteSize(matrix.tensor().stored().info(), format, matrix.where());
    return Math.ceilDiv(bytes, PADDING) * PADDING;
  }

  private InvalidRequestException tooSmall(List<List<Choice>> things) {
    long least =
        things.stream()
            .mapToLong(t -> t.stream().mapToLong(Choice::bytes).min().orElseThrow())
            .sum();
    return new InvalidRequestException(
        ErrorLocation.none(),
        "the matrices need %d bytes even in their smallest formats; the size leaves %d"
            .formatted(least, budget),
        "Allow a larger model.");
  }
}
