package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.KeyValueCache;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.spi.SequenceShape;
import io.quant4j.core.model.layer.Rotary;
import io.quant4j.core.model.layer.Workspace;
import java.util.ArrayList;
import java.util.List;

/** What one sequence needs of the operations of one stage: caches and scratch. */
final class StageMemory implements AutoCloseable {
  final Stage stage;
  final Operations operations;
  final SequenceMemory memory;
  final Workspace workspace;

  /**
   * Whether all tokens go through all of the last layer, even those without logits: measurements
   * look at the inputs of its matrices.
   */
  final boolean complete;

  private final List<KeyValueCache> caches = new ArrayList<>();
  private final List<Rotary> rotaries;
  private final int contextLength;
  private final List<Buffer> angles = new ArrayList<>();

  StageMemory(Stage stage, ModelMetadata metadata, List<Rotary> rotaries, SequenceShape shape) {
    this.stage = stage;
    this.operations = shape.exact() ? stage.operations().exact() : stage.operations();
    this.complete = shape.exact();
    this.rotaries = rotaries;
    this.contextLength = shape.contextLength();
    memory = operations.newMemory();
    try {
      workspace = new Workspace(memory);
      CacheShape cache =
          new CacheShape(
              metadata.kvHeadCount(),
              metadata.headDim(),
              contextLength,
              shape.keys().orElseGet(operations::cacheFormat),
              shape.values().orElseGet(operations::cacheFormat));
      for (int i = 0; i < stage.layers().size(); i++) {
        caches.add(memory.allocateCache(cache));
      }
      for (Rotary rotary : rotaries) {
        angles.add(memory.allocate(rotary.dimensions()));
      }
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  /** The cache of the stage's {@code i}-th layer. */
  KeyValueCache cache(int i) {
    return caches.get(i);
  }

  /** Angles (batch, ropeDimensions) of the next tokens by each of the rotary embeddings. */
  List<Buffer> angles(int position, int batch) {
    List<Buffer> next = new ArrayList<>();
    for (int i = 0; i < rotaries.size(); i++) {
      Rotary rotary = rotaries.get(i);
      long elements = (long) batch * rotary.dimensions();
      if (angles.get(i).length() < elements) {
        angles.set(i, memory.allocate(elements));
      }
      Buffer out = angles.get(i).slice(0, elements);
      float[] frequencies = rotary.frequencies(contextLength);
      operations.rotaryAngles(frequencies, rotary.magnitude(), position, batch, out);
      next.add(out);
    }
    return next;
  }

  @Override
  public void close() {
    memory.close();
  }
}
