package io.quant4j.api;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model ready to run, its weights mapped from disk or copied ({@link WeightMemory}). Immutable
 * and thread-safe: any number of sessions on any threads share it. Sessions must be closed before
 * it, or they fail at their next call.
 */
public interface Model extends AutoCloseable {

  /**
   * Loads with {@link LoadOptions#defaults()}.
   *
   * @param path GGUF file, safetensors file or Hugging Face directory
   * @throws io.quant4j.api.error.QuantException if it is not a model that can be run here
   */
  static Model load(Path path) {
    return load(path, LoadOptions.defaults());
  }

  /**
   * Loads a model.
   *
   * @param path GGUF file, safetensors file or Hugging Face directory
   * @throws io.quant4j.api.error.QuantException if it is not a model that can be run here
   */
  static Model load(Path path, LoadOptions options) {
    return Engine.provider().load(path, options);
  }

  ModelMetadata metadata();

  /** The tokenizer that belongs to the model. */
  Tokenizer tokenizer();

  /** Sampling values that the model's maker recommends. */
  GenerationDefaults generationDefaults();

  /** Name of the kernel backend in use. */
  String backend();

  /** Threads that compute. */
  int threads();

  /** A session with the model's own context length, at most 4,096 tokens. */
  InferenceSession newSession();

  /**
   * A session with a chosen context.
   *
   * @param contextLength tokens that fit; at most the model's own
   */
  InferenceSession newSession(int contextLength);

  /**
   * Perplexity of a text by llama.cpp's procedure: windows of {@code context} tokens that each
   * begin anew, predictions of the second half of each count.
   *
   * @throws io.quant4j.api.error.InvalidRequestException if the text is shorter than two windows
   */
  Perplexity perplexity(String text, PerplexityOptions options);

  /**
   * Runs a calibration text through the model and adds up how much each input column of each weight
   * is excited, by the procedure of llama.cpp's {@code llama-imatrix}. Sessions may run at the same
   * time and do not count. The result does not depend on the number of threads.
   *
   * @throws io.quant4j.api.error.InvalidRequestException if the text is shorter than two windows,
   *     or {@link ImportanceOptions#resumeFrom} is of another model
   * @throws io.quant4j.api.error.MalformedModelException if activations are not finite
   */
  ImportanceMatrix collectImportance(String text, ImportanceOptions options);

  /**
   * Compares the predictions of a quantized model with those of this one, the base model, over the
   * windows of {@link #perplexity}. Both run window by window, side by side: no file of logits is
   * written, and memory holds those of one batch.
   *
   * @param quantized a model of the same vocabulary and tokenizer; may run on another backend
   * @throws io.quant4j.api.error.InvalidRequestException if the vocabularies or tokenizers differ,
   *     naming the first difference, or the text is shorter than two windows
   */
  Divergence compare(Model quantized, String text, PerplexityOptions options);

  /**
   * Measures how much the predictions suffer from errors in each matrix, by storing one after the
   * other coarsely in memory and comparing the predictions over the windows of {@link #perplexity};
   * for {@link Quantizer.Builder#sensitivity}. A model of n matrices takes as long as 2 n
   * perplexities, so a few windows of {@link PerplexityOptions#withChunks} must do.
   *
   * @param importance weights the columns' errors, if it is known
   * @throws io.quant4j.api.error.InvalidRequestException if the text is shorter than two windows
   */
  TensorSensitivity measureSensitivity(
      String text, Optional<ImportanceMatrix> importance, PerplexityOptions options);

  /** Unmaps or frees the weights and ends the threads. Idempotent. */
  @Override
  void close();
}
