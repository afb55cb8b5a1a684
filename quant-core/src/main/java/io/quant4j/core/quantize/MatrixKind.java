package io.quant4j.core.quantize;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kinds of matrices that mixes tell apart. Where a tensor has no role, its name decides by the
 * rules of llama.cpp ({@code src/llama-quant.cpp}), so that models of architectures unknown here
 * are quantized as llama.cpp does.
 */
enum MatrixKind {
  TOKEN_EMBEDDING,
  OUTPUT,
  /** Also fused query-key-value and latent key-value projections. */
  ATTENTION_VALUE,
  ATTENTION_KEY,
  ATTENTION_QUERY,
  ATTENTION_OUTPUT,
  FEED_FORWARD_GATE,
  FEED_FORWARD_UP,
  FEED_FORWARD_DOWN,
  OTHER;

  private static final Pattern LAYER = Pattern.compile("(?:^|\\.)(?:blk|layers)\\.(\\d{1,6})\\.");

  private record NamePart(String part, MatrixKind kind) {}

  /** The first part found in a name decides. */
  private static final List<NamePart> NAME_PARTS =
      List.of(
          new NamePart("token_embd.weight", TOKEN_EMBEDDING),
          new NamePart("attn_qkv.weight", ATTENTION_VALUE),
          new NamePart("attn_kv_b.weight", ATTENTION_VALUE),
          new NamePart("attn_v.weight", ATTENTION_VALUE),
          new NamePart("attn_k.weight", ATTENTION_KEY),
          new NamePart("attn_q.weight", ATTENTION_QUERY),
          new NamePart("attn_output.weight", ATTENTION_OUTPUT),
          new NamePart("ffn_up", FEED_FORWARD_UP),
          new NamePart("ffn_gate", FEED_FORWARD_GATE),
          new NamePart("ffn_down", FEED_FORWARD_DOWN));

  /** Parts of names of small or sensitive tensors that stay as they are. */
  private static final List<String> KEPT =
      List.of(
          "_norm.weight",
          "ffn_gate_inp.weight",
          "ffn_gate_tid2eid.weight",
          "altup",
          "laurel",
          "per_layer_model_proj",
          "ssm_conv1d",
          "shortconv.conv.weight",
          "indexer.k_proj.weight",
          "indexer.q_proj.weight",
          "time_mix_first.weight",
          "time_mix_w0.weight",
          "time_mix_w1.weight",
          "time_mix_w2.weight",
          "time_mix_v0.weight",
          "time_mix_v1.weight",
          "time_mix_v2.weight",
          "time_mix_a0.weight",
          "time_mix_a1.weight",
          "time_mix_a2.weight",
          "time_mix_g1.weight",
          "time_mix_g2.weight",
          "time_mix_decay_w1.weight",
          "time_mix_decay_w2.weight",
          "time_mix_lerp_fused.weight",
          "attn_rel_b.weight",
          "position_embd",
          "token_types.weight",
          "sam.pos_embd",
          "sam.neck.",
          "sam.net_",
          ".rel_pos",
          ".patch_embd",
          ".patch_merger",
          "a.rvq.codebook",
          "mm.a.code_embd");

  /**
   * The kind of a tensor that quantization may touch; empty for vectors, tables and what must stay
   * exact.
   *
   * @param name in the target container
   * @param shape outermost first
   */
  static Optional<MatrixKind> of(Optional<TensorRole> role, String name, Shape shape) {
    if (dimensions(shape) < 2) {
      return Optional.empty();
    }
    return role.map(MatrixKind::ofRole).orElseGet(() -> ofName(name));
  }

  /** The decoder layer of a tensor, or {@link TensorRole#NO_LAYER}. */
  static int layer(Optional<TensorRole> role, String name) {
    if (role.isPresent()) {
      return role.get().layer();
    }
    Matcher m = LAYER.matcher(name);
    return m.find() ? Integer.parseInt(m.group(1)) : TensorRole.NO_LAYER;
  }

  /** The name of a tensor as part of another layer; the name itself if it names no layer. */
  static String inLayer(String name, int layer) {
    Matcher m = LAYER.matcher(name);
    return m.find() ? name.substring(0, m.start(1)) + layer + name.substring(m.end(1)) : name;
  }

  /** GGUF drops outer sizes of 1, so they do not make a vector a matrix. */
  private static int dimensions(Shape shape) {
    int outer = 0;
    while (outer < shape.rank() && shape.sizes().get(outer) == 1) {
      outer++;
    }
    return shape.rank() - outer;
  }

  private static Optional<MatrixKind> ofRole(TensorRole role) {
    if (role.part() != TensorRole.Part.WEIGHT) {
      return Optional.empty();
    }
    return switch (role.kind()) {
      case TOKEN_EMBEDDING -> Optional.of(TOKEN_EMBEDDING);
      case OUTPUT -> Optional.of(OUTPUT);
      case ATTENTION_QUERY -> Optional.of(ATTENTION_QUERY);
      case ATTENTION_KEY -> Optional.of(ATTENTION_KEY);
      case ATTENTION_VALUE, ATTENTION_QUERY_KEY_VALUE -> Optional.of(ATTENTION_VALUE);
      case ATTENTION_OUTPUT -> Optional.of(ATTENTION_OUTPUT);
      case FEED_FORWARD_GATE, EXPERT_GATE, SHARED_EXPERT_GATE -> Optional.of(FEED_FORWARD_GATE);
      case FEED_FORWARD_UP, EXPERT_UP, SHARED_EXPERT_UP -> Optional.of(FEED_FORWARD_UP);
      case FEED_FORWARD_DOWN, EXPERT_DOWN, SHARED_EXPERT_DOWN -> Optional.of(FEED_FORWARD_DOWN);
      case OUTPUT_NORM,
          ROPE_FREQUENCIES,
          ROPE_FACTORS_LONG,
          ROPE_FACTORS_SHORT,
          ATTENTION_NORM,
          ATTENTION_QUERY_NORM,
          ATTENTION_KEY_NORM,
          ATTENTION_POST_NORM,
          FEED_FORWARD_NORM,
          FEED_FORWARD_POST_NORM,
          EXPERT_ROUTER,
          SHARED_EXPERT_ROUTER ->
          Optional.empty();
    };
  }

  private static Optional<MatrixKind> ofName(String name) {
    if (!name.endsWith("weight") || KEPT.stream().anyMatch(name::contains)) {
      return Optional.empty();
    }
    if (name.equals("output.weight")) {
      return Optional.of(OUTPUT);
    }
    return Optional.of(
        NAME_PARTS.stream()
            .filter(p -> name.contains(p.part()))
            .map(NamePart::kind)
            .findFirst()
            .orElse(OTHER));
  }
}
