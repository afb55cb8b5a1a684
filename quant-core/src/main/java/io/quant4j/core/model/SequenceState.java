package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.Operations;
import io.quant4j.core.model.layer.KvCache;
import io.quant4j.core.model.layer.Rotary;
import io.quant4j.core.model.layer.Workspace;
import java.util.ArrayList;
import java.util.List;

/** The cache of one sequence and scratch for one batch. */
final class SequenceState implements DecoderState {
  final KvCache cache;
  final Workspace workspace;
  private final Operations operations;
  private final List<Rotary> rotaries;
  private final List<Buffer> angles = new ArrayList<>();
  private final int maxBatch;

  SequenceState(
      Operations operations,
      ModelMetadata metadata,
      List<Rotary> rotaries,
      int contextLength,
      int maxBatch) {
    this.operations = operations;
    this.rotaries = rotaries;
    this.maxBatch = maxBatch;
    int kvDim = metadata.kvHeadCount() * metadata.headDim();
    cache = new KvCache(operations, metadata.layerCount(), kvDim, contextLength);
    workspace = new Workspace(operations);
    for (Rotary rotary : rotaries) {
      angles.add(operations.allocate(rotary.dimensions()));
    }
  }

  /** Angles (batch, ropeDimensions) of the next tokens by each of the rotary embeddings. */
  List<Buffer> angles(int batch) {
    List<Buffer> next = new ArrayList<>();
    for (int i = 0; i < rotaries.size(); i++) {
      Rotary rotary = rotaries.get(i);
      long elements = (long) batch * rotary.dimensions();
      if (angles.get(i).length() < elements) {
        angles.set(i, operations.allocate(elements));
      }
      Buffer out = angles.get(i).slice(0, elements);
      float[] frequencies = rotary.frequencies(contextLength());
      operations.rotaryAngles(frequencies, rotary.magnitude(), length(), batch, out);
      next.add(out);
    }
    return next;
  }

  @Override
  public int length() {
    return cache.length();
  }

  @Override
  public int contextLength() {
    return cache.contextLength();
  }

  @Override
  public int maxBatch() {
    return maxBatch;
  }

  @Override
  public void truncate(int length) {
    cache.truncate(length);
  }

  /** The buffers belong to the operations, which free what is no longer referred to. */
  @Override
  public void close() {}
}
