package io.quant4j.core.model;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;

/** What hyper-parameters must keep before sizes are computed from them. */
final class Hyperparameters {
  private final ModelMetadata m;

  private Hyperparameters(ModelMetadata metadata) {
    this.m = metadata;
  }

  /**
   * Checks what all architectures share.
   *
   * @throws MalformedModelException if sizes are missing or contradict each other
   */
  static void check(ModelMetadata metadata) {
    Hyperparameters h = new Hyperparameters(metadata);
    h.checkSizes();
    h.checkHeads();
    h.checkExperts();
  }

  private void checkSizes() {
    require(m.vocabularySize() > 0, "vocabulary size", m.vocabularySize());
    require(m.embeddingLength() > 0, "embedding length", m.embeddingLength());
    require(m.layerCount() > 0, "layer count", m.layerCount());
    require(
        m.feedForwardLength() > 0 || m.expertCount() > 0,
        "feed-forward length",
        m.feedForwardLength());
    require(m.contextLength() > 0, "context length", m.contextLength());
  }

  private void checkHeads() {
    require(m.headCount() > 0, "head count", m.headCount());
    require(
        m.kvHeadCount() > 0 && m.headCount() % m.kvHeadCount() == 0,
        "kv head count (it must divide the head count)",
        m.kvHeadCount());
    require(m.headDim() > 0, "head width", m.headDim());
    require(
        m.ropeDimensions() > 0 && m.ropeDimensions() % 2 == 0 && m.ropeDimensions() <= m.headDim(),
        "number of rotary dimensions (it must be even and at most the head width)",
        m.ropeDimensions());
  }

  private void checkExperts() {
    require(
        m.expertCount() == 0 || (m.expertUsedCount() > 0 && m.expertUsedCount() <= m.expertCount()),
        "number of experts of a token (it must be at most the number of experts)",
        m.expertUsedCount());
    require(
        m.expertCount() == 0 || m.expertFeedForwardLength() > 0,
        "feed-forward length of an expert",
        m.expertFeedForwardLength());
  }

  private void require(boolean holds, String what, int value) {
    if (!holds) {
      throw new MalformedModelException(
          ErrorLocation.subject(m.architecture()),
          "the " + what + " is " + value,
          "The metadata is damaged or of another architecture; get the model again.");
    }
  }

  /**
   * Refuses experts.
   *
   * @throws UnsupportedModelException if there are any
   */
  static void requireDense(ModelMetadata m) {
    if (m.expertCount() > 0) {
      throw new UnsupportedModelException(
          ErrorLocation.subject(m.architecture()),
          "the model has " + m.expertCount() + " experts per layer",
          "Only dense models of this architecture are known.");
    }
  }

  /**
   * Refuses dense models.
   *
   * @throws MalformedModelException if there are no experts
   */
  static void requireExperts(ModelMetadata m) {
    new Hyperparameters(m).require(m.expertCount() > 0, "number of experts", m.expertCount());
  }
}
