package io.quant4j.core.session;

import io.quant4j.api.Divergence;
import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceOptions;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Perplexity;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.TensorSensitivity;
import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.LargestElements;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.SequenceShape;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.core.calibrate.ImportanceCollector;
import io.quant4j.core.calibrate.SensitivityMeter;
import io.quant4j.core.checkpoint.MappedTensors;
import io.quant4j.core.evaluate.DivergenceMeter;
import io.quant4j.core.evaluate.PerplexityMeter;
import io.quant4j.core.evaluate.SameTokens;
import io.quant4j.core.evaluate.Subject;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A model whose parts are open. Every forward pass holds the read lock, closing takes the write
 * lock.
 */
final class LoadedModel implements Model {
  static final int DEFAULT_CONTEXT = 4_096;

  private final Checkpoint checkpoint;
  private final MappedTensors mapped;
  private final Tokenizer tokenizer;
  private final Compute compute;
  private final ModelArchitecture architecture;
  private final WeightSource weights;
  private final Decoder decoder;
  private final LoadOptions options;
  private final ReentrantReadWriteLock inUse = new ReentrantReadWriteLock();
  private boolean closed;

  LoadedModel(
      Checkpoint checkpoint,
      MappedTensors mapped,
      Tokenizer tokenizer,
      Compute compute,
      ModelArchitecture architecture,
      WeightSource weights,
      Decoder decoder,
      LoadOptions options) {
    this.checkpoint = checkpoint;
    this.mapped = mapped;
    this.tokenizer = tokenizer;
    this.compute = compute;
    this.architecture = architecture;
    this.weights = weights;
    this.decoder = decoder;
    this.options = options;
  }

  @Override
  public ModelMetadata metadata() {
    return checkpoint.metadata();
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public GenerationDefaults generationDefaults() {
    return checkpoint.generationDefaults();
  }

  @Override
  public String backend() {
    return compute.backend();
  }

  @Override
  public int threads() {
    return compute.team().size();
  }

  @Override
  public InferenceSession newSession() {
    return newSession(Math.min(DEFAULT_CONTEXT, metadata().contextLength()));
  }

  @Override
  public InferenceSession newSession(int contextLength) {
    return new Session(this, newState(decoder, contextLength, options.exactProducts()));
  }

  /** For a measurement, whose figures must not depend on batches. */
  private DecoderState newExactState(Decoder of, int contextLength) {
    return newState(of, contextLength, true);
  }

  private DecoderState newState(Decoder of, int contextLength, boolean exact) {
    if (contextLength < 1 || contextLength > metadata().contextLength()) {
      throw new InvalidRequestException(
          ErrorLocation.subject("contextLength"),
          "a context of %d tokens is outside 1 to %d, what the model was made for"
              .formatted(contextLength, metadata().contextLength()),
          "Ask for a length within these bounds.");
    }
    inUse.readLock().lock();
    try {
      checkOpen();
      return of.newState(
          new SequenceShape(
              contextLength,
              Math.min(options.prefillBatch(), contextLength),
              options.keyCache(),
              options.valueCache(),
              exact));
    } finally {
      inUse.readLock().unlock();
    }
  }

  @Override
  public Perplexity perplexity(String text, PerplexityOptions options) {
    try (DecoderState state = newExactState(decoder, options.context())) {
      return new PerplexityMeter(tokenizer, metadata().vocabularySize(), subject(decoder, state))
          .measure(text, options);
    }
  }

  @Override
  public ImportanceMatrix collectImportance(String text, ImportanceOptions options) {
    ImportanceCollector collector = new ImportanceCollector(options);
    Decoder observed = observed(collector);
    try (DecoderState state = newExactState(observed, options.context())) {
      return collector.collect(
          text, tokenizer, metadata().vocabularySize(), subject(observed, state));
    }
  }

  /** A decoder of its own, so that sessions that run at the same time are not observed. */
  private Decoder observed(ImportanceCollector collector) {
    inUse.readLock().lock();
    try {
      checkOpen();
      return collector.decoder(
          architecture, metadata(), weights, compute.placement(), compute.team());
    } finally {
      inUse.readLock().unlock();
    }
  }

  @Override
  public Divergence compare(Model quantized, String text, PerplexityOptions options) {
    if (!(quantized instanceof LoadedModel other)) {
      throw new InvalidRequestException(
          ErrorLocation.subject("quantized"),
          "the model is none of this engine: " + quantized.getClass().getName(),
          "Load both with Model.load.");
    }
    int vocabulary = metadata().vocabularySize();
    SameTokens.checkVocabulary(vocabulary, other.metadata().vocabularySize());
    SameTokens.checkTokenizers(tokenizer, other.tokenizer, text);
    try (DecoderState mine = newExactState(decoder, options.context());
        DecoderState its = other.newExactState(other.decoder, options.context())) {
      return new DivergenceMeter(
              tokenizer, vocabulary, subject(decoder, mine), other.subject(other.decoder, its))
          .measure(text, options);
    }
  }

  @Override
  public TensorSensitivity measureSensitivity(
      String text, Optional<ImportanceMatrix> importance, PerplexityOptions options) {
    try (DecoderState base = newExactState(decoder, options.context())) {
      return new SensitivityMeter(checkpoint, weights, importance)
          .measure(probed -> divergence(probed, base, text, options));
    }
  }

  /** Mean divergence of the predictions with other weights. */
  private double divergence(
      WeightSource probed, DecoderState base, String text, PerplexityOptions options) {
    Decoder other = architecture.decoder(metadata(), probed, compute.placement());
    try (DecoderState state = newExactState(other, options.context())) {
      return new DivergenceMeter(
              tokenizer, metadata().vocabularySize(), subject(decoder, base), subject(other, state))
          .measure(text, options)
          .klDivergence()
          .mean()
          .value();
    }
  }

  private Subject subject(Decoder by, DecoderState state) {
    return new Subject(
        state,
        (tokens, from, count, logitRows, logits) ->
            forward(by, state, tokens, from, count, logitRows, logits));
  }

  /**
   * Appends tokens to a sequence, at most its batch.
   *
   * @param logits receives (logitRows, vocab)
   */
  void forward(
      DecoderState state, int[] tokens, int from, int count, int logitRows, float[] logits) {
    forward(decoder, state, tokens, from, count, logitRows, logits);
  }

  /**
   * {@link Decoder#forwardForLargest}.
   *
   * @param logits receives (vocab) if nothing is returned
   */
  Optional<LargestElements> forwardForLargest(
      DecoderState state, int[] tokens, int from, int count, int wanted, float[] logits) {
    inUse.readLock().lock();
    try {
      checkOpen();
      return mapped.read(
          () -> decoder.forwardForLargest(state, tokens, from, count, wanted, logits));
    } finally {
      inUse.readLock().unlock();
    }
  }

  private void forward(
      Decoder by,
      DecoderState state,
      int[] tokens,
      int from,
      int count,
      int logitRows,
      float[] logits) {
    inUse.readLock().lock();
    try {
      checkOpen();
      mapped.read(() -> by.forward(state, tokens, from, count, logitRows, logits));
    } finally {
      inUse.readLock().unlock();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new InvalidRequestException(
          ErrorLocation.of(checkpoint.path()),
          "the model is closed",
          "Close sessions before their model, or load it again.");
    }
  }

  @Override
  public void close() {
    inUse.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        compute.close();
        mapped.close();
        checkpoint.close();
      }
    } finally {
      inUse.writeLock().unlock();
    }
  }
}
