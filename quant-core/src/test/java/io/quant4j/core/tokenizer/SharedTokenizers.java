package io.quant4j.core.tokenizer;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.core.checkpoint.tokenizer.TokenizerHints;
import io.quant4j.core.checkpoint.tokenizer.TokenizerReader;
import io.quant4j.gguf.GgufReader;
import java.nio.file.Path;
import java.util.Objects;

/** Tokenizers of real models, which lie outside the repository. */
final class SharedTokenizers {
  private SharedTokenizers() {}

  /** A file or directory of the tokenizer data. */
  static Path path(String name) {
    String shared =
        Objects.requireNonNull(System.getProperty("quant4j.shared"), "property quant4j.shared");
    return Path.of(shared, "data", "tokenizers").resolve(name);
  }

  /** The tokenizer of a vocabulary file of llama.cpp. */
  static Tokenizer gguf(String name) {
    try (Checkpoint checkpoint =
        new GgufReader().open(path("llama.cpp/ggml-vocab-" + name + ".gguf"))) {
      return create(checkpoint.tokenizer().orElseThrow());
    }
  }

  /** The tokenizer of a Hugging Face directory of the tokenizer data. */
  static Tokenizer huggingFace(String name) {
    return in(path("huggingface/" + name));
  }

  /** The tokenizer of the files in a directory. */
  static Tokenizer in(Path directory) {
    return create(TokenizerReader.read(directory, TokenizerHints.none()).orElseThrow());
  }

  private static Tokenizer create(TokenizerSpec spec) {
    return spec.algorithm().equals(TokenizerSpec.SENTENCEPIECE_BPE)
        ? new SentencePieceBpe().create(spec)
        : new ByteLevelBpe().create(spec);
  }
}
