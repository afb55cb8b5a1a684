package io.quant4j.gguf.mapping;

import java.util.List;

/**
 * Metadata keys of a tokenizer (upstream: LLM_KV_NAMES in llama-arch.cpp), and a few of our own.
 */
final class TokenizerKeys {
  /** Begins all keys of upstream's. */
  static final String PREFIX = "tokenizer.";

  /**
   * Begins keys that only this library writes and reads, for facts that upstream has no key for.
   * Other tools pass over them.
   */
  static final String OWN_PREFIX = "quant4j.tokenizer.";

  static final String MODEL = "tokenizer.ggml.model";
  static final String PRE = "tokenizer.ggml.pre";
  static final String TOKENS = "tokenizer.ggml.tokens";
  static final String SCORES = "tokenizer.ggml.scores";
  static final String TYPES = "tokenizer.ggml.token_type";
  static final String MERGES = "tokenizer.ggml.merges";
  static final String BOS = "tokenizer.ggml.bos_token_id";
  static final String EOS = "tokenizer.ggml.eos_token_id";
  static final String UNKNOWN = "tokenizer.ggml.unknown_token_id";
  static final String PADDING = "tokenizer.ggml.padding_token_id";
  static final String END_OF_TURN = "tokenizer.ggml.eot_token_id";
  static final String END_OF_MESSAGE = "tokenizer.ggml.eom_token_id";
  static final String FIM_PAD = "tokenizer.ggml.fim_pad_token_id";
  static final String FIM_REPOSITORY = "tokenizer.ggml.fim_rep_token_id";
  static final String FIM_SEPARATOR = "tokenizer.ggml.fim_sep_token_id";
  static final String ADD_BOS = "tokenizer.ggml.add_bos_token";
  static final String ADD_EOS = "tokenizer.ggml.add_eos_token";
  static final String ADD_SPACE_PREFIX = "tokenizer.ggml.add_space_prefix";
  static final String CHAT_TEMPLATE = "tokenizer.chat_template";

  /** Keys of ids at which generation stops beside {@link #EOS}. */
  static final List<String> ENDS =
      List.of(END_OF_TURN, END_OF_MESSAGE, FIM_PAD, FIM_REPOSITORY, FIM_SEPARATOR);

  /** Ids (int32) at which generation stops beside those that upstream finds by key or text. */
  static final String END_OF_GENERATION = OWN_PREFIX + "end_of_generation_token_ids";

  /** Ids (int32) of added tokens that swallow white space before them. */
  static final String STRIP_LEFT = OWN_PREFIX + "strip_left_token_ids";

  /** Ids (int32) of added tokens that swallow white space after them. */
  static final String STRIP_RIGHT = OWN_PREFIX + "strip_right_token_ids";

  private TokenizerKeys() {}

  /** Whether a key is about the tokenizer. */
  static boolean isOne(String key) {
    return key.startsWith(PREFIX) || key.startsWith(OWN_PREFIX);
  }
}
