package io.quant4j.core.checkpoint;

import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.HuggingFaceConfig;
import io.quant4j.core.checkpoint.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * A configuration as architectures see it.
 *
 * @param json holds the family's defaults
 */
record ConfigValues(String modelType, JsonObject json) implements HuggingFaceConfig {

  @Override
  public boolean has(String key) {
    return json.has(key);
  }

  @Override
  public int integer(String key, int min, int max) {
    return json.requireInteger(key, min, max);
  }

  @Override
  public double number(String key, double fallback) {
    return json.number(key).orElse(fallback);
  }

  @Override
  public boolean flag(String key, boolean fallback) {
    return json.flag(key).orElse(fallback);
  }

  @Override
  public boolean isEmptyArray(String key) {
    return json.value(key).filter(value -> !value.equals(List.of())).isEmpty();
  }

  @Override
  public List<String> texts(String key) {
    return json.texts(key);
  }

  @Override
  public Optional<HuggingFaceConfig> object(String key) {
    return json.object(key).map(object -> new ConfigValues(modelType, object));
  }

  @Override
  public UnsupportedModelException unsupported(String key, String reason) {
    return new UnsupportedModelException(
        json.location(key), reason, "Use a model of this family without it.");
  }
}
