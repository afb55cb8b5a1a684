package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.SequenceShape;
import io.quant4j.core.model.layer.Rotary;
import java.util.ArrayList;
import java.util.List;

/** The memory of one sequence in every stage. */
final class SequenceState implements DecoderState {
  private final SequenceShape shape;
  private final List<StageMemory> stages = new ArrayList<>();
  private int length;

  /** Rows that travel between stages. */
  private float[] border = new float[0];

  SequenceState(
      List<Stage> stages, ModelMetadata metadata, List<Rotary> rotaries, SequenceShape shape) {
    this.shape = shape;
    try {
      for (Stage stage : stages) {
        this.stages.add(new StageMemory(stage, metadata, rotaries, shape));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  List<StageMemory> stages() {
    return stages;
  }

  /** At least so many elements on the host. */
  float[] border(int elements) {
    if (border.length < elements) {
      border = new float[elements];
    }
    return border;
  }

  /** Counts tokens, stored in every layer, as held. */
  void advance(int count) {
    length += count;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int contextLength() {
    return shape.contextLength();
  }

  @Override
  public int maxBatch() {
    return shape.maxBatch();
  }

  @Override
  public void truncate(int newLength) {
    length = Math.min(length, newLength);
  }

  @Override
  public void close() {
    stages.forEach(StageMemory::close);
  }
}
