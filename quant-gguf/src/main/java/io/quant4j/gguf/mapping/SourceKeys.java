package io.quant4j.gguf.mapping;

import java.util.List;

/**
 * The keys of the file that metadata was read from, in file order. Kept among the {@link
 * io.quant4j.api.model.ModelMetadata#extra() extra} facts so that a rewritten file has the same
 * order.
 *
 * @param keys all keys
 */
public record SourceKeys(List<String> keys) {

  /** Key of this value. It is none that a file would hold. */
  public static final String EXTRA_KEY = "(order of keys)";

  public SourceKeys {
    keys = List.copyOf(keys);
  }

  @Override
  public String toString() {
    return keys.size() + " keys";
  }
}
