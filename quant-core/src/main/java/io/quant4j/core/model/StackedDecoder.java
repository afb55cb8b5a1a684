package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.LargestElements;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Pass;
import io.quant4j.api.spi.SequenceShape;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.model.layer.DecoderLayer;
import io.quant4j.core.model.layer.RmsNorm;
import io.quant4j.core.model.layer.Rotary;
import io.quant4j.core.model.layer.Step;
import io.quant4j.core.model.layer.Workspace.Slot;
import java.util.List;
import java.util.Optional;

/**
 * Embedding, layers, norm, output: the forward pass that all architectures share. What differs are
 * the layers and a few numbers.
 */
final class StackedDecoder implements Decoder {
  private final ModelMetadata metadata;
  private final Weight embedding;
  private final Weight output;
  private final RmsNorm outputNorm;
  private final List<Stage> stages;
  private final List<Rotary> rotaries;
  private final float embeddingScale;

  /**
   * A decoder whose output matrix is the embedding if the checkpoint has no other.
   *
   * @param layers in order; each names one of {@code rotaries} by its index
   * @param embeddingScale factor of every embedding
   */
  StackedDecoder(
      Parts parts, List<DecoderLayer> layers, List<Rotary> rotaries, float embeddingScale) {
    this.metadata = parts.metadata();
    this.stages = Stage.of(layers, parts.placement());
    Operations first = stages.getFirst().operations();
    Operations last = stages.getLast().operations();
    TensorView table = parts.weights().require(TensorRole.weight(Kind.TOKEN_EMBEDDING));
    Optional<TensorView> own = parts.weights().find(TensorRole.weight(Kind.OUTPUT));
    this.embedding = first.bind(table);
    this.output = own.isEmpty() && first.equals(last) ? embedding : last.bind(own.orElse(table));
    this.outputNorm = parts.outputNorm();
    this.rotaries = List.copyOf(rotaries);
    this.embeddingScale = embeddingScale;
  }

  /** A decoder with the rotary frequencies that the metadata state and embeddings as they are. */
  StackedDecoder(Parts parts, List<DecoderLayer> layers) {
    this(parts, layers, List.of(RopeFrequencies.of(parts.metadata(), parts.weights())), 1);
  }

  @Override
  public DecoderState newState(SequenceShape shape) {
    return new SequenceState(stages, metadata, rotaries, shape);
  }

  @Override
  public void forward(
      DecoderState decoderState, int[] tokens, int from, int count, int logitRows, float[] logits) {
    SequenceState state = (SequenceState) decoderState;
    append(state, new Pass(tokens, from, count, state.length(), logitRows));
    if (logitRows > 0) {
      StageMemory last = state.stages().getLast();
      int elements = logitRows * metadata.vocabularySize();
      last.operations.read(logits(last, logitRows), 0, logits, 0, elements);
    }
  }

  @Override
  public Optional<LargestElements> forwardForLargest(
      DecoderState decoderState, int[] tokens, int from, int count, int wanted, float[] logits) {
    SequenceState state = (SequenceState) decoderState;
    append(state, new Pass(tokens, from, count, state.length(), 1));
    StageMemory last = state.stages().getLast();
    Buffer row = logits(last, 1);
    Optional<LargestElements> largest = last.operations.largest(row, wanted);
    if (largest.isEmpty()) {
      last.operations.read(row, 0, logits, 0, metadata.vocabularySize());
    }
    return largest;
  }

  /** Runs a pass through all stages; logits stay where the last one has them. */
  private void append(SequenceState state, Pass pass) {
    int elements = rows(pass.count());
    for (StageMemory memory : state.stages()) {
      Stage stage = memory.stage;
      if (!stage.first()) {
        memory.operations.write(state.border(0), 0, elements, residual(memory, pass.count()), 0);
      }
      memory.operations.run(memory.memory, pass, () -> runStage(memory, pass));
      if (!stage.last()) {
        float[] border = state.border(elements);
        memory.operations.read(residual(memory, pass.count()), 0, border, 0, elements);
      }
    }
    state.advance(pass.count());
  }

  private int rows(int count) {
    return count * metadata.embeddingLength();
  }

  private Buffer residual(StageMemory memory, int count) {
    return memory.workspace.take(Slot.RESIDUAL, rows(count));
  }

  private Buffer logits(StageMemory memory, int logitRows) {
    return memory.workspace.take(Slot.LOGITS, (long) logitRows * metadata.vocabularySize());
  }

  /** What one stage does of a pass; a device may record and replay it. */
  private void runStage(StageMemory memory, Pass pass) {
    Stage stage = memory.stage;
    Step step = new Step(memory.operations, memory.workspace, pass.firstPosition(), pass.count());
    Buffer x = residual(memory, pass.count());
    if (stage.first()) {
      step.operations().embed(embedding, pass.tokens(), pass.from(), pass.count(), x);
      if (embeddingScale != 1) {
        step.operations().scale(x, embeddingScale);
      }
    }
    List<Buffer> angles = memory.angles(pass.firstPosition(), pass.count());
    for (int i = 0; i < stage.layers().size(); i++) {
      DecoderLayer layer = stage.layers().get(i);
      boolean last = stage.last() && i == stage.layers().size() - 1;
      int wanted = last && !memory.complete ? pass.logitRows() : pass.count();
      layer.apply(step, memory.cache(i), x, angles.get(layer.rotary()), wanted);
    }
    if (stage.last() && pass.logitRows() > 0) {
      output(step, x, pass, logits(memory, pass.logitRows()));
    }
  }

  /** Only the rows that are asked for go through the output matrix, the largest of all. */
  private void output(Step step, Buffer x, Pass pass, Buffer logits) {
    int logitRows = pass.logitRows();
    Buffer last = x.slice(rows(pass.count() - logitRows), rows(logitRows));
    outputNorm.apply(step.operations(), last, logitRows, last);
    step.operations().matMul(output, last, logitRows, logits);
    if (metadata.softCaps().output() > 0) {
      step.operations().softCap(logits, metadata.softCaps().output());
    }
  }
}
