package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.TokenType;
import io.quant4j.core.checkpoint.json.JsonCursor;
import io.quant4j.core.checkpoint.json.JsonObject;
import io.quant4j.core.checkpoint.json.SmallFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The small files beside a tokenizer: {@code tokenizer_config.json}, {@code
 * special_tokens_map.json}, {@code added_tokens.json} and {@code chat_template.jinja}. All are
 * optional; the first one wins where two speak of the same.
 */
final class TokenizerConfig {
  private static final int MAX_BYTES = 1 << 24;
  private static final int MAX_TEMPLATE_BYTES = 1 << 20;
  private static final String CHAT_TEMPLATE = "chat_template";

  /** Tokenizer classes whose constructor adds the begin token unless told not to. */
  private static final Set<String> ADDS_BOS =
      Set.of(
          "LlamaTokenizer",
          "LlamaTokenizerFast",
          "CodeLlamaTokenizer",
          "CodeLlamaTokenizerFast",
          "GemmaTokenizer",
          "GemmaTokenizerFast");

  private final Path directory;
  private final JsonObject config;
  private final JsonObject specialTokensMap;
  private final JsonObject addedTokens;

  private TokenizerConfig(Path directory) {
    this.directory = directory;
    this.config = readIfPresent("tokenizer_config.json");
    this.specialTokensMap = readIfPresent("special_tokens_map.json");
    this.addedTokens = readIfPresent("added_tokens.json");
  }

  /** Reads those files that exist. */
  static TokenizerConfig read(Path directory) {
    return new TokenizerConfig(directory);
  }

  private JsonObject readIfPresent(String name) {
    Path file = directory.resolve(name);
    return Files.isRegularFile(file)
        ? JsonCursor.readObject(file, MAX_BYTES)
        : JsonObject.empty(file);
  }

  /**
   * Text of a special token.
   *
   * @param key such as {@code bos_token}
   */
  Optional<String> specialToken(String key) {
    return content(config, key).or(() -> content(specialTokensMap, key));
  }

  private static Optional<String> content(JsonObject json, String key) {
    return json.value(key).orElse("") instanceof JsonObject token
        ? Optional.of(token.requireText("content"))
        : json.text(key);
  }

  /**
   * What an added token is for.
   *
   * @param unknown the piece of the tokenizer's model that stands for what cannot be expressed;
   *     some models use the one that begins or ends texts, which then counts as that
   */
  TokenType typeOf(AddedToken token, Optional<String> unknown) {
    boolean bounds =
        Stream.of("bos_token", "eos_token")
            .anyMatch(key -> specialToken(key).filter(token.content()::equals).isPresent());
    if (!bounds && unknown.filter(token.content()::equals).isPresent()) {
      return TokenType.UNKNOWN;
    }
    return token.special() ? TokenType.CONTROL : TokenType.USER_DEFINED;
  }

  /** Whether encoding puts the begin token first, where this is stated. */
  Optional<Boolean> addBos() {
    return config.flag("add_bos_token");
  }

  /** Whether encoding puts the end token last, where this is stated. */
  Optional<Boolean> addEos() {
    return config.flag("add_eos_token");
  }

  /** Whether a space is put before the text, where this is stated. */
  Optional<Boolean> addPrefixSpace() {
    return config.flag("add_prefix_space");
  }

  /** Whether the begin token comes first unless something else is stated. */
  boolean classAddsBos() {
    return config.text("tokenizer_class").map(ADDS_BOS::contains).orElse(false);
  }

  /** The error of a begin or end token that is to be added but is not in the vocabulary. */
  MalformedModelException missing(String key) {
    return config.malformed(key, "is to be added to every text, but is not in the vocabulary");
  }

  /**
   * The added tokens of these files and of {@code tokenizer.json}. Of two with one id the later one
   * counts.
   *
   * @param json the {@code tokenizer.json}, if there is one
   */
  List<AddedToken> addedTokens(Optional<TokenizerJson> json) {
    Set<String> special = new HashSet<>();
    for (String key : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
      specialToken(key).ifPresent(special::add);
    }
    List<AddedToken> tokens = new ArrayList<>();
    for (String content : addedTokens.keys()) {
      int id = addedTokens.requireInteger(content, 0, TokenizerHints.MAX_VOCABULARY - 1);
      tokens.add(new AddedToken(id, content, special.contains(content), false, false));
    }
    Optional<JsonObject> decoder = config.object("added_tokens_decoder");
    for (String key : decoder.map(JsonObject::keys).orElse(Set.of())) {
      tokens.add(decoded(decoder.get(), key));
    }
    json.ifPresent(tokenizer -> tokens.addAll(tokenizer.addedTokens()));
    return tokens;
  }

  private static AddedToken decoded(JsonObject decoder, String key) {
    if (!key.matches("[0-9]{1,7}") || Integer.parseInt(key) >= TokenizerHints.MAX_VOCABULARY) {
      throw decoder.malformed(key, "is not the id of a token");
    }
    return AddedToken.of(
        Integer.parseInt(key), decoder.object(key).orElseThrow(() -> decoder.absent(key)));
  }

  /**
   * The chat template: of its own file, else stated alone, else the one named {@code default}, else
   * the first named.
   */
  Optional<String> chatTemplate() {
    Path file = directory.resolve("chat_template.jinja");
    if (Files.isRegularFile(file)) {
      return Optional.of(SmallFile.text(file, MAX_TEMPLATE_BYTES));
    }
    if (!(config.value(CHAT_TEMPLATE).orElse("") instanceof List<?>)) {
      return config.text(CHAT_TEMPLATE);
    }
    List<JsonObject> named = config.objects(CHAT_TEMPLATE);
    return named.stream()
        .filter(template -> template.requireText("name").equals("default"))
        .findFirst()
        .or(() -> named.stream().findFirst())
        .map(template -> template.requireText("template"));
  }
}
