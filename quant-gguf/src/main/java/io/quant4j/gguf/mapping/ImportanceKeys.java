package io.quant4j.gguf.mapping;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.gguf.file.GgufFile;
import io.quant4j.gguf.file.GgufValue;
import io.quant4j.gguf.file.TextArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Metadata of an importance matrix (upstream: LLM_KV_IMATRIX_* in imatrix-loader.h).
 *
 * @param datasets names of the texts that were read
 * @param chunks windows that were read
 * @param chunkTokens tokens per window
 */
public record ImportanceKeys(List<String> datasets, int chunks, int chunkTokens) {
  private static final String TYPE = "imatrix";
  private static final String DATASETS = "imatrix.datasets";
  private static final String CHUNK_COUNT = "imatrix.chunk_count";
  private static final String CHUNK_SIZE = "imatrix.chunk_size";

  /**
   * Reads the keys, all of which upstream's quantizer asks for, too.
   *
   * @throws MalformedModelException if one is missing or of another type
   */
  public static ImportanceKeys read(GgufFile file) {
    KeyReader in = new KeyReader(file.path(), file.values());
    String type = in.text(ModelKeys.TYPE).orElse(ModelKeys.MODEL_TYPE);
    if (!type.equals(TYPE) && !in.has(CHUNK_COUNT)) {
      throw new MalformedModelException(
          ErrorLocation.of(file.path(), ModelKeys.TYPE),
          "the file is no importance matrix, but of type '" + type + "'",
          "Name the file that quant4j imatrix or llama-imatrix wrote.");
    }
    List<String> datasets =
        in.texts(DATASETS)
            .map(TextArray::values)
            .orElseThrow(() -> in.malformed(DATASETS, "the key is missing"));
    int chunks = in.required(CHUNK_COUNT, 0, Integer.MAX_VALUE);
    return new ImportanceKeys(datasets, chunks, in.required(CHUNK_SIZE, 0, Integer.MAX_VALUE));
  }

  /** The keys in upstream's order. */
  public Map<String, GgufValue> toValues() {
    Map<String, GgufValue> values = new LinkedHashMap<>();
    values.put(ModelKeys.TYPE, GgufValue.text(TYPE));
    values.put(DATASETS, TextArray.of(datasets));
    values.put(CHUNK_COUNT, GgufValue.uint32(chunks));
    values.put(CHUNK_SIZE, GgufValue.uint32(chunkTokens));
    return values;
  }
}
