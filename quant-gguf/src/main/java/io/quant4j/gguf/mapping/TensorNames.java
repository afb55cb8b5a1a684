package io.quant4j.gguf.mapping;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.model.TensorRole.Part;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names of tensors and their roles (upstream: LLM_TENSOR_NAMES in llama-arch.cpp). */
public final class TensorNames {
  private static final Map<Kind, String> STEMS = stems();
  private static final Map<String, Kind> KINDS =
      STEMS.keySet().stream()
          .collect(Collectors.toUnmodifiableMap(STEMS::get, Function.identity()));

  private static final Pattern NAME =
      Pattern.compile("(?:blk\\.(0|[1-9]\\d{0,4})\\.)?([a-z_]+)\\.(weight|bias)");

  private TensorNames() {}

  private static Map<Kind, String> stems() {
    Map<Kind, String> stems = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      stems.put(kind, stem(kind));
    }
    return stems;
  }

  private static String stem(Kind kind) {
    return switch (kind) {
      case TOKEN_EMBEDDING -> "token_embd";
      case OUTPUT_NORM -> "output_norm";
      case OUTPUT -> "output";
      case ROPE_FREQUENCIES -> "rope_freqs";
      case ROPE_FACTORS_LONG -> "rope_factors_long";
      case ROPE_FACTORS_SHORT -> "rope_factors_short";
      case ATTENTION_NORM -> "attn_norm";
      case ATTENTION_QUERY -> "attn_q";
      case ATTENTION_KEY -> "attn_k";
      case ATTENTION_VALUE -> "attn_v";
      case ATTENTION_QUERY_KEY_VALUE -> "attn_qkv";
      case ATTENTION_QUERY_NORM -> "attn_q_norm";
      case ATTENTION_KEY_NORM -> "attn_k_norm";
      case ATTENTION_OUTPUT -> "attn_output";
      case ATTENTION_POST_NORM -> "post_attention_norm";
      case FEED_FORWARD_NORM -> "ffn_norm";
      case FEED_FORWARD_GATE -> "ffn_gate";
      case FEED_FORWARD_UP -> "ffn_up";
      case FEED_FORWARD_DOWN -> "ffn_down";
      case FEED_FORWARD_POST_NORM -> "post_ffw_norm";
      case EXPERT_ROUTER -> "ffn_gate_inp";
      case EXPERT_GATE -> "ffn_gate_exps";
      case EXPERT_UP -> "ffn_up_exps";
      case EXPERT_DOWN -> "ffn_down_exps";
      case SHARED_EXPERT_ROUTER -> "ffn_gate_inp_shexp";
      case SHARED_EXPERT_GATE -> "ffn_gate_shexp";
      case SHARED_EXPERT_UP -> "ffn_up_shexp";
      case SHARED_EXPERT_DOWN -> "ffn_down_shexp";
    };
  }

  /** The name of a role, such as {@code blk.0.attn_q.weight}. */
  public static String nameOf(TensorRole role) {
    String prefix = role.kind().perLayer() ? "blk." + role.layer() + "." : "";
    String suffix = role.part() == Part.WEIGHT ? ".weight" : ".bias";
    return prefix + STEMS.get(role.kind()) + suffix;
  }

  /** The role of a name; empty if it has none in neutral words. */
  public static Optional<TensorRole> roleOf(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String layer = matcher.group(1);
    Part part = matcher.group(3).equals("weight") ? Part.WEIGHT : Part.BIAS;
    return Optional.ofNullable(KINDS.get(matcher.group(2)))
        .filter(kind -> kind.perLayer() == (layer != null))
        .map(kind ->
            new TensorRole(
                kind, layer == null ? TensorRole.NO_LAYER : Integer.parseInt(layer), part));
  }
}
