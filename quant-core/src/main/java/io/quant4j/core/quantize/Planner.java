package io.quant4j.core.quantize;

import io.quant4j.api.QuantizerOptions;
import io.quant4j.api.SizeLimit;
import io.quant4j.api.SizeTarget;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.PlannedFile;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.TensorInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what each tensor becomes. What is not a matrix keeps its format where source and target
 * are the same container and becomes F32 elsewhere.
 */
final class Planner {
  private final QuantizerOptions options;
  private final Checkpoint source;
  private final CheckpointWriter writer;
  private final Codecs codecs;
  private final Importance importance;
  private final FileTypeChoice fileType;
  private final MatrixErrors errors;
  private final FormatFit fit;
  private final ContainerChanges changes;
  private final TargetTensors targets;
  private final List<String> withoutImportance = new ArrayList<>();
  private final List<QuantizationPlan.Need> needs = new ArrayList<>();

  /** The format of one tensor, and whether it is another than the recipe's. */
  private record Choice(FormatId format, boolean fallback, Optional<ColumnWeights> importance) {}

  Planner(
      QuantizerOptions options,
      Checkpoint source,
      CheckpointWriter writer,
      QuantizationAlgorithm algorithm,
      Codecs codecs,
      Importance importance) {
    this.options = options;
    this.source = source;
    this.writer = writer;
    this.codecs = codecs;
    this.importance = importance;
    this.fileType = FileTypeChoice.of(options.recipe().fileType(), writer);
    this.fit = new FormatFit(writer, algorithm, codecs, options.allowRequantize());
    this.errors = new MatrixErrors(source, algorithm, codecs);
    this.changes = new ContainerChanges(source, writer);
    this.targets = new TargetTensors(options, source, writer, fileType.type().isEmpty());
  }

  /**
   * The whole plan; made once.
   *
   * @throws io.quant4j.api.error.QuantException if the recipe cannot be followed
   */
  QuantizationPlan plan() {
    List<NamedTensor> tensors = targets.list();
    List<TensorPlan> plans = plans(tensors, matrices(tensors));
    return new QuantizationPlan(contents(plans), plans, withoutImportance, needs);
  }

  private List<TensorPlan> plans(List<NamedTensor> tensors, Map<NamedTensor, Choice> matrices) {
    List<TensorPlan> plans = new ArrayList<>();
    ComputedTensors computed = new ComputedTensors(source, writer, changes, codecs);
    List<TensorPlan> added = computed.added();
    for (NamedTensor tensor : tensors) {
      Choice choice = matrices.getOrDefault(tensor, other(tensor));
      plans.add(computed.changed(tensor).orElseGet(() -> fromSource(tensor, choice)));
    }
    for (TensorPlan tensor : added) {
      plans.add(place(tensor.name(), plans), tensor);
    }
    return plans;
  }

  /** The formats of all matrices. */
  private Map<NamedTensor, Choice> matrices(List<NamedTensor> tensors) {
    List<Matrix> matrices = waiting(tensors);
    List<FormatId> wanted = assignment(tensors, matrices).assign(matrices);
    Map<NamedTensor, Choice> choices = new HashMap<>();
    for (int i = 0; i < matrices.size(); i++) {
      choices.put(matrices.get(i).tensor(), choice(matrices.get(i), wanted.get(i)));
    }
    return choices;
  }

  private List<Matrix> waiting(List<NamedTensor> tensors) {
    List<NamedTensor> matrices = tensors.stream().filter(t -> t.kind().isPresent()).toList();
    FixedFormats fixed = new FixedFormats(options.recipe(), matrices);
    fixed.requireOverridesMatch();
    Situation.Counter counter =
        new Situation.Counter(source.metadata(), matrices, importance.present());
    List<Matrix> waiting = new ArrayList<>();
    for (NamedTensor tensor : matrices) {
      waiting.add(
          new Matrix(
              tensor,
              counter.next(tensor, tensor.kind().orElseThrow()),
              fixed.of(tensor),
              importance.find(tensor),
              where(tensor)));
    }
    importance.requireKnown(waiting);
    return waiting;
  }

  /** The place of every other way to choose formats. */
  private FormatAssignment assignment(List<NamedTensor> tensors, List<Matrix> matrices) {
    if (options.size().isPresent()) {
      SizeLimit limit = options.size().get();
      return new BudgetAssignment(
          budget(limit.target(), tensors, matrices),
          limit.sensitivity(),
          errors,
          fit,
          codecs,
          options.threads());
    }
    return fileType
        .type()
        .<FormatAssignment>map(type -> new FileTypeMix(type, options.recipe().pure(), codecs))
        .orElseGet(FormatAssignment::asStored);
  }

  /** Bytes that all matrices may have together, once everything else has its place. */
  private long budget(SizeTarget target, List<NamedTensor> tensors, List<Matrix> matrices) {
    Map<NamedTensor, Choice> stored = new HashMap<>();
    for (Matrix matrix : matrices) {
      FormatId format = matrix.storedFormat();
      stored.put(matrix.tensor(), new Choice(format, false, matrix.importance()));
    }
    List<TensorPlan> plans = plans(tensors, stored);
    long ofMatrices = matrices.stream().mapToLong(m -> m.tensor().stored().info().byteSize()).sum();
    return switch (target) {
      case SizeTarget.BitsPerWeight(double bits) -> {
        long elements = plans.stream().mapToLong(p -> p.target().shape().elements()).sum();
        long bytes = plans.stream().mapToLong(p -> p.target().byteSize()).sum();
        yield (long) (bits * elements / Byte.SIZE) - (bytes - ofMatrices);
      }
      case SizeTarget.Bytes(long bytes) ->
          bytes
              - writer.files(options.target(), contents(plans)).stream()
                  .mapToLong(PlannedFile::byteSize)
                  .sum()
              + ofMatrices;
    };
  }

  private Choice choice(Matrix matrix, FormatId wanted) {
    FormatId format = fit.fit(matrix, wanted);
    if (!format.equals(matrix.storedFormat()) && matrix.importance().isEmpty()) {
      noteImportance(matrix, format);
    }
    return new Choice(format, !format.equals(wanted), matrix.importance());
  }

  private void noteImportance(Matrix matrix, FormatId format) {
    String name = matrix.tensor().name();
    BlockFormat to = codecs.require(format, matrix.where());
    if (ImportanceNeed.of(matrix.kind(), to, fileType.name())) {
      needs.add(new QuantizationPlan.Need(name, format, matrix.where()));
    }
    boolean expected =
        importance.present()
            && matrix.kind() != MatrixKind.TOKEN_EMBEDDING
            && importance.counts(matrix.tensor());
    if (expected && to.usesImportance()) {
      withoutImportance.add(name);
    }
  }

  private Choice other(NamedTensor tensor) {
    boolean kept = source.container().equals(writer.name());
    FormatId format = kept ? tensor.stored().info().format() : FormatId.F32;
    return new Choice(format, false, Optional.empty());
  }

  private TensorPlan fromSource(NamedTensor tensor, Choice choice) {
    TensorInfo info = tensor.stored().info();
    long byteSize = fit.byteSize(info, choice.format(), where(tensor));
    String sourceName = tensor.role().isPresent() ? info.name() : tensor.name();
    return new TensorPlan.FromSource(
        tensor.name(),
        new PlannedTensor(tensor.role(), sourceName, choice.format(), info.shape(), byteSize),
        tensor.stored(),
        changes.rows(tensor.stored()),
        choice.fallback(),
        choice.importance());
  }

  /** Where a tensor of no layer belongs in the order of the file. */
  private static int place(String name, List<TensorPlan> plans) {
    return (int)
        plans.stream()
            .takeWhile(p -> layer(p) == TensorRole.NO_LAYER && p.name().compareTo(name) < 0)
            .count();
  }

  private static int layer(TensorPlan plan) {
    return MatrixKind.layer(plan.target().role(), plan.name());
  }

  private CheckpointContents contents(List<TensorPlan> plans) {
    ModelMetadata metadata = changes.metadata().toBuilder().layerCount(targets.layers()).build();
    return new CheckpointContents(
        metadata,
        source.tokenizer(),
        source.generationDefaults(),
        fileType.type().map(FileType::name).or(source::fileType),
        plans.stream().map(TensorPlan::target).toList(),
        importance.origin(),
        options.changes().metadata(),
        FileSplitting.tensorsPerFile(options.split(), plans, source));
  }

  private ErrorLocation where(NamedTensor tensor) {
    return ErrorLocation.of(source.path(), tensor.stored().info().name());
  }
}
