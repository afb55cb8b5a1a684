package io.quant4j.core.quantize;

import io.quant4j.api.QuantizerOptions;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides what each tensor becomes. What is not a matrix keeps its format where source and target
 * are the same container and becomes F32 elsewhere.
 */
final class Planner {
  /** A recipe has no means to name an importance matrix. */
  private static final boolean IMPORTANCE = false;

  private final QuantizerOptions options;
  private final Checkpoint source;
  private final CheckpointWriter writer;
  private final QuantizationAlgorithm algorithm;
  private final Codecs codecs;
  private final FileType fileType;
  private final ContainerChanges changes;

  /** The format of one tensor, and whether it is another than the recipe's. */
  private record Choice(FormatId format, boolean fallback) {}

  Planner(
      QuantizerOptions options,
      Checkpoint source,
      CheckpointWriter writer,
      QuantizationAlgorithm algorithm,
      Codecs codecs) {
    this.options = options;
    this.source = source;
    this.writer = writer;
    this.algorithm = algorithm;
    this.codecs = codecs;
    this.fileType = FileTypes.named(options.recipe().fileType());
    this.changes = new ContainerChanges(source, writer);
  }

  /**
   * The whole plan.
   *
   * @throws io.quant4j.api.error.QuantException if the recipe cannot be followed
   */
  QuantizationPlan plan() {
    List<NamedTensor> tensors = NamedTensor.list(source, writer);
    FormatChooser chooser = chooser(tensors);
    Situation.Counter counter = new Situation.Counter(source.metadata(), tensors, IMPORTANCE);
    List<TensorPlan> plans = new ArrayList<>();
    Optional<TensorPlan> factors = changes.newRopeFactors().map(this::ropeFactors);
    for (NamedTensor tensor : tensors) {
      Choice choice =
          tensor
              .kind()
              .map(kind -> matrix(tensor, counter.next(tensor, kind), chooser))
              .orElseGet(() -> other(tensor));
      plans.add(fromSource(tensor, choice));
    }
    factors.ifPresent(f -> plans.add(place(f.name(), tensors), f));
    return new QuantizationPlan(contents(plans), plans);
  }

  private FormatChooser chooser(List<NamedTensor> tensors) {
    boolean tied = tensors.stream().noneMatch(t -> t.isKind(MatrixKind.OUTPUT));
    FormatChooser chooser = new FormatChooser(options.recipe(), fileType, tied, codecs);
    chooser.requireOverridesMatch(
        tensors.stream().filter(t -> t.kind().isPresent()).map(NamedTensor::name).toList());
    return chooser;
  }

  private Choice matrix(NamedTensor tensor, Situation situation, FormatChooser chooser) {
    ErrorLocation where = where(tensor);
    long cols = tensor.shape().cols();
    FormatId wanted = chooser.choose(tensor.name(), situation, cols, where);
    if (wanted.equals(tensor.stored().info().format())) {
      return new Choice(wanted, false);
    }
    BlockFormat format = ShapeFallback.fit(wanted, cols, codecs, where);
    boolean needed =
        format.requiresImportance() || fileType.needsImportance(situation.kind(), format.id());
    if (needed && !situation.importance()) {
      throw new InvalidRequestException(
          where,
          format.id() + " is useless without an importance matrix",
          "Choose a file type of more bits, or override the format of this tensor.");
    }
    if (!Codecs.isPlain(format.id()) && !algorithm.canTarget(format)) {
      throw new InvalidRequestException(
          where,
          "algorithm " + algorithm.name() + " cannot produce " + format.id(),
          "Choose another algorithm, or override the format of this tensor.");
    }
    return new Choice(format.id(), !format.id().equals(wanted));
  }

  private Choice other(NamedTensor tensor) {
    boolean kept = source.container().equals(writer.name());
    return new Choice(kept ? tensor.stored().info().format() : FormatId.F32, false);
  }

  private TensorPlan fromSource(NamedTensor tensor, Choice choice) {
    TensorInfo info = tensor.stored().info();
    FormatId format = choice.format();
    if (!writer.canStore(format)) {
      throw new InvalidRequestException(
          where(tensor),
          "a " + writer.name() + " file cannot hold " + format,
          "Choose another file type, or override the format of this tensor.");
    }
    boolean copied = format.equals(info.format());
    if (!copied && !Codecs.isPlain(info.format()) && !options.allowRequantize()) {
      throw new InvalidRequestException(
          where(tensor),
          "the tensor is quantized already, as %s, and would become %s"
              .formatted(info.format(), format),
          "Start from the F32, F16 or BF16 model, or allow it with allowRequantize(true).");
    }
    long byteSize =
        copied
            ? info.byteSize()
            : codecs.require(format, where(tensor)).byteSize(info.shape().elements());
    return new TensorPlan.FromSource(
        tensor.name(),
        new PlannedTensor(tensor.stored().role(), info.name(), format, info.shape(), byteSize),
        tensor.stored(),
        changes.rows(tensor.stored()),
        choice.fallback());
  }

  private TensorPlan ropeFactors(float[] factors) {
    TensorRole role = TensorRole.weight(TensorRole.Kind.ROPE_FREQUENCIES);
    String name = writer.tensorName(Optional.of(role), "rope_freqs.weight");
    Shape shape = Shape.of(factors.length);
    return new TensorPlan.Computed(
        name,
        new PlannedTensor(
            Optional.of(role), name, FormatId.F32, shape, (long) Float.BYTES * factors.length),
        factors);
  }

  /** Where a tensor of no layer belongs in the order of the file. */
  private static int place(String name, List<NamedTensor> tensors) {
    return (int)
        tensors.stream()
            .takeWhile(t -> t.layer() == TensorRole.NO_LAYER && t.name().compareTo(name) < 0)
            .count();
  }

  private CheckpointContents contents(List<TensorPlan> plans) {
    ModelMetadata metadata = changes.metadata();
    return new CheckpointContents(
        metadata,
        source.tokenizer(),
        source.generationDefaults(),
        Optional.of(fileType.name()),
        plans.stream().map(TensorPlan::target).toList());
  }

  private ErrorLocation where(NamedTensor tensor) {
    return ErrorLocation.of(source.path(), tensor.stored().info().name());
  }
}
