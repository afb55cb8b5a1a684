package io.quant4j.gguf.mapping;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.gguf.file.GgufFile;
import io.quant4j.gguf.file.GgufModel;
import io.quant4j.gguf.file.GgufTensor;
import io.quant4j.gguf.file.GgufValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything that metadata says about a model, in neutral words. What has none is kept as extra
 * facts, so that {@link #toValues} gives back what was read.
 *
 * @param metadata hyper-parameters
 * @param tokenizer the tokenizer, if there is one
 * @param generation recommended sampling values
 */
public record ModelFacts(
    ModelMetadata metadata, Optional<TokenizerSpec> tokenizer, GenerationDefaults generation) {

  /** The facts of a model to be written. */
  public static ModelFacts of(CheckpointContents contents) {
    return new ModelFacts(contents.metadata(), contents.tokenizer(), contents.generationDefaults());
  }

  /**
   * Reads and checks the metadata of an open model.
   *
   * @throws io.quant4j.api.error.MalformedModelException if a key is missing or its value
   *     impossible
   * @throws io.quant4j.api.error.UnsupportedModelException if it has no neutral words and cannot be
   *     left out
   */
  public static ModelFacts read(GgufModel model) {
    List<GgufTensor> tensors = new ArrayList<>();
    for (GgufFile file : model.files()) {
      tensors.addAll(file.tensors());
    }
    return read(model.path(), model.values(), tensors);
  }

  /**
   * Reads and checks metadata.
   *
   * @param path named in errors
   * @param tensors of all files
   * @throws io.quant4j.api.error.QuantException as {@link #read(GgufModel)}
   */
  public static ModelFacts read(
      Path path, Map<String, GgufValue> values, List<GgufTensor> tensors) {
    KeyReader in = new KeyReader(path, values);
    Optional<TokenizerSpec> tokenizer = TokenizerFromKeys.read(in);
    OptionalInt tokens =
        tokenizer.map(spec -> OptionalInt.of(spec.vocabulary().size())).orElse(OptionalInt.empty());
    ModelMetadata metadata = MetadataFromKeys.read(in, tensors, tokens);
    return new ModelFacts(metadata, tokenizer, GenerationKeys.read(in)).withExtra(values);
  }

  private ModelFacts withExtra(Map<String, GgufValue> file) {
    Map<String, Object> ofModel = new LinkedHashMap<>();
    Map<String, Object> ofTokenizer = new LinkedHashMap<>();
    keyList(OptionalInt.empty())
        .missing(file)
        .forEach((key, value) -> {
          boolean tokenizerKey = tokenizer.isPresent() && TokenizerKeys.isOne(key);
          (tokenizerKey ? ofTokenizer : ofModel).put(key, value);
        });
    ofModel.put(SourceKeys.EXTRA_KEY, new SourceKeys(List.copyOf(file.keySet())));
    return new ModelFacts(
        metadata.toBuilder().extra(ofModel).build(),
        tokenizer.map(spec -> withExtra(spec, ofTokenizer)),
        generation);
  }

  private static TokenizerSpec withExtra(TokenizerSpec spec, Map<String, Object> extra) {
    return new TokenizerSpec(
        spec.algorithm(),
        spec.vocabulary(),
        spec.merges(),
        spec.preTokenizer(),
        spec.splitPatterns(),
        spec.special(),
        spec.addBos(),
        spec.addEos(),
        spec.addSpacePrefix(),
        spec.ignoreMerges(),
        spec.stripLeft(),
        spec.stripRight(),
        spec.chatTemplate(),
        Collections.unmodifiableMap(extra));
  }

  /**
   * The metadata to be written.
   *
   * @param fileType number of {@code general.file_type}, if there is one
   * @throws io.quant4j.api.error.UnsupportedModelException if the tokenizer cannot be expressed
   */
  public Map<String, GgufValue> toValues(OptionalInt fileType) {
    Map<String, GgufValue> kept = new LinkedHashMap<>();
    keep(metadata.extra(), kept);
    tokenizer.ifPresent(spec -> keep(spec.extra(), kept));
    return keyList(fileType).merge(kept, source());
  }

  /** Values of another container have no type of ours and are left behind. */
  private static void keep(Map<String, Object> extra, Map<String, GgufValue> kept) {
    extra.forEach((key, value) -> {
      boolean aboutFile = key.startsWith(GgufModel.SPLIT_PREFIX) || key.equals(ModelKeys.FILE_TYPE);
      if (value instanceof GgufValue typed && !aboutFile) {
        kept.put(key, typed);
      }
    });
  }

  /** The order of keys of the GGUF file that the facts come from, if they do. */
  Optional<SourceKeys> source() {
    return metadata.extra().get(SourceKeys.EXTRA_KEY) instanceof SourceKeys keys
        ? Optional.of(keys)
        : Optional.empty();
  }

  private KeyList keyList(OptionalInt fileType) {
    KeyList keys = new KeyList();
    MetadataToKeys.put(metadata, fileType, keys);
    GenerationKeys.put(generation, keys);
    tokenizer.ifPresent(spec ->
        TokenizerModel.forAlgorithm(spec.algorithm())
            .ifPresent(model -> TokenizerToKeys.put(model, metadata.name(), spec, keys)));
    keys.put(
        ModelKeys.QUANTIZATION_VERSION, GgufValue.uint32(ModelKeys.CURRENT_QUANTIZATION_VERSION));
    return keys;
  }
}
