package io.quant4j.api.spi;

import io.quant4j.api.error.QuantException;
import java.util.List;
import java.util.Optional;

/**
 * The {@code config.json} of a Hugging Face checkpoint, with its family's defaults where the file
 * is silent. A key that is null counts as absent. Reading a value of another type than the one
 * asked for is an error that names file and key.
 */
public interface HuggingFaceConfig {

  /** The family's name as the file states it. */
  String modelType();

  /** Whether a key has a value. */
  boolean has(String key);

  /**
   * A whole number between two bounds, both included.
   *
   * @throws io.quant4j.api.error.MalformedModelException if it is absent or outside
   */
  int integer(String key, int min, int max);

  /** A finite number, or {@code fallback} if the key is absent. */
  double number(String key, double fallback);

  /** True or false, or {@code fallback} if the key is absent. */
  boolean flag(String key, boolean fallback);

  /** Whether an array has no elements, or the key is absent. */
  boolean isEmptyArray(String key);

  /** The strings of an array; empty if the key is absent. */
  List<String> texts(String key);

  /** A nested object; empty if the key is absent. */
  Optional<HuggingFaceConfig> object(String key);

  /**
   * The error of a model that computes what is not implemented.
   *
   * @param reason what the key's value asks for
   */
  QuantException unsupported(String key, String reason);
}
