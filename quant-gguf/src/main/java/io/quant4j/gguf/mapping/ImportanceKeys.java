package io.quant4j.gguf.mapping;

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
   * @throws io.quant4j.api.error.MalformedModelException if one is missing or of another type
   */
  public static ImportanceKeys read(GgufFile file) {
    KeyReader in = new KeyReader(file.path(), file.values());
    List<String> datasets =
        in.texts(DATASETS)
            .map(TextArray::values)
            .orElseThrow(() -> in.malformed(DATASETS, missing(in)));
    int chunks = in.required(CHUNK_COUNT, 0, Integer.MAX_VALUE);
    return new ImportanceKeys(datasets, chunks, in.required(CHUNK_SIZE, 0, Integer.MAX_VALUE));
  }

  private static String missing(KeyReader in) {
    String type = in.text(ModelKeys.TYPE).orElse(ModelKeys.MODEL_TYPE);
    return type.equals(TYPE)
        ? "the key is missing"
        : "the file is no importance matrix, but of type '" + type + "'";
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
