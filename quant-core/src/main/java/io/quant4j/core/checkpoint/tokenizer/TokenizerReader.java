package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.TokenizerSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads the tokenizer of a Hugging Face directory. A {@code tokenizer.json} is enough; for
 * SentencePiece vocabularies a {@code tokenizer.model} beside it is preferred, since only that file
 * holds the scores that rank the merges.
 */
public final class TokenizerReader {
  /** Other files that hold a tokenizer. Passing over them would make a model without one. */
  private static final List<String> OTHERS =
      List.of("vocab.json", "vocab.txt", "spiece.model", "tekken.json");

  private TokenizerReader() {}

  /**
   * Reads the tokenizer of a directory.
   *
   * @return empty if the directory holds no tokenizer
   * @throws io.quant4j.api.error.MalformedModelException if a file is damaged
   * @throws UnsupportedModelException if there is one, but not a byte-level or SentencePiece BPE in
   *     {@code tokenizer.json} or {@code tokenizer.model}
   */
  public static Optional<TokenizerSpec> read(Path directory, TokenizerHints hints) {
    Path json = directory.resolve("tokenizer.json");
    Path model = directory.resolve("tokenizer.model");
    if (!Files.isRegularFile(json) && !Files.isRegularFile(model)) {
      refuseOthers(directory);
      return Optional.empty();
    }
    TokenizerConfig config = TokenizerConfig.read(directory);
    if (!Files.isRegularFile(json)) {
      return Optional.of(
          SentencePieceSpec.of(SentencePieceModel.read(model), Optional.empty(), config, hints));
    }
    TokenizerJson tokenizer = TokenizerJson.read(json);
    SplitRules split = SplitRules.of(tokenizer);
    if (ByteLevelSpec.isByteLevel(tokenizer, split)) {
      return Optional.of(ByteLevelSpec.of(tokenizer, split, config, hints));
    }
    SentencePieceModel pieces =
        Files.isRegularFile(model)
            ? SentencePieceModel.read(model)
            : MergeScores.model(tokenizer, split);
    return Optional.of(SentencePieceSpec.of(pieces, Optional.of(tokenizer), config, hints));
  }

  private static void refuseOthers(Path directory) {
    for (String name : OTHERS) {
      if (Files.isRegularFile(directory.resolve(name))) {
        throw new UnsupportedModelException(
            ErrorLocation.of(directory.resolve(name)),
            "the tokenizer is not in a tokenizer.json or tokenizer.model",
            "Load it with Hugging Face's AutoTokenizer and save it again, which writes"
                + " tokenizer.json.");
      }
    }
  }
}
