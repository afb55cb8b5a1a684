package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.Operations;
import io.quant4j.core.model.layer.KvCache;

/** The cache of one sequence and scratch for one batch; scratch grows to the largest batch seen. */
final class LlamaState implements DecoderState {
  final KvCache cache;
  private final Operations operations;
  private final int maxBatch;
  private final Scratch residual;
  private final Scratch normed;
  private final Scratch added;
  private final Scratch queries;
  private final Scratch attended;
  private final Scratch gate;
  private final Scratch up;
  private final Scratch angles;
  private final Scratch logits;

  LlamaState(Operations operations, ModelMetadata m, int contextLength, int maxBatch) {
    this.operations = operations;
    this.maxBatch = maxBatch;
    int kvDim = m.kvHeadCount() * m.headDim();
    int queryDim = m.headCount() * m.headDim();
    cache = new KvCache(operations, m.layerCount(), kvDim, contextLength);
    residual = new Scratch(m.embeddingLength());
    normed = new Scratch(m.embeddingLength());
    added = new Scratch(m.embeddingLength());
    queries = new Scratch(queryDim);
    attended = new Scratch(queryDim);
    gate = new Scratch(m.feedForwardLength());
    up = new Scratch(m.feedForwardLength());
    angles = new Scratch(m.ropeDimensions());
    logits = new Scratch(m.vocabularySize());
  }

  /** Memory for (rows, width), reused from call to call. */
  private final class Scratch {
    private final int width;
    private Buffer memory;

    Scratch(int width) {
      this.width = width;
      memory = operations.allocate(width);
    }

    Buffer rows(int count) {
      long elements = (long) count * width;
      if (memory.length() < elements) {
        memory = operations.allocate(elements);
      }
      return memory.slice(0, elements);
    }
  }

  Buffer residual(int batch) {
    return residual.rows(batch);
  }

  Buffer normed(int batch) {
    return normed.rows(batch);
  }

  Buffer added(int batch) {
    return added.rows(batch);
  }

  Buffer queries(int batch) {
    return queries.rows(batch);
  }

  Buffer attended(int batch) {
    return attended.rows(batch);
  }

  Buffer gate(int batch) {
    return gate.rows(batch);
  }

  Buffer up(int batch) {
    return up.rows(batch);
  }

  Buffer angles(int batch) {
    return angles.rows(batch);
  }

  Buffer logits(int batch) {
    return logits.rows(batch);
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
