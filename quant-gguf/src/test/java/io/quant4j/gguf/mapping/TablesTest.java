package io.quant4j.gguf.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.gguf.file.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables between names of GGUF and neutral ones. */
class TablesTest {

  @Test
  void typeIds_areThoseUpToTheLastOneWithoutTheRemoved() {
    assertThat(TensorTypes.all())
        .extracting(TensorType::id)
        .doesNotHaveDuplicates()
        .isSorted()
        .hasSize(43 - 8)
        .doesNotContain(4, 5, 31, 32, 33, 36, 37, 38);
    assertThat(TensorTypes.all()).extracting(TensorType::format).doesNotHaveDuplicates();
  }

  /** Bits per weight as upstream publishes them, and so independent of the numbers in the table. */
  @ParameterizedTest
  @CsvSource({
    "F32, 32",
    "F16, 16",
    "BF16, 16",
    "Q4_0, 4.5",
    "Q4_1, 5",
    "Q5_0, 5.5",
    "Q5_1, 6",
    "Q8_0, 8.5",
    "Q8_1, 9",
    "Q2_K, 2.625",
    "Q3_K, 3.4375",
    "Q4_K, 4.5",
    "Q5_K, 5.5",
    "Q6_K, 6.5625",
    "Q8_K, 9.125",
    "IQ2_XXS, 2.0625",
    "IQ2_XS, 2.3125",
    "IQ3_XXS, 3.0625",
    "IQ1_S, 1.5625",
    "IQ4_NL, 4.5",
    "IQ3_S, 3.4375",
    "IQ2_S, 2.5625",
    "IQ4_XS, 4.25",
    "IQ1_M, 1.75",
    "TQ1_0, 1.6875",
    "TQ2_0, 2.0625",
    "MXFP4, 4.25",
    "NVFP4, 4.5",
    "Q1_0, 1.125",
    "Q2_0, 2.25",
    "I8, 8",
    "I16, 16",
    "I32, 32",
    "I64, 64",
    "F64, 64"
  })
  void blockSizes_giveTheKnownBitsPerWeight(String format, double bits) {
    TensorType type = TensorTypes.of(new FormatId(format)).orElseThrow();

    assertThat(8.0 * type.blockBytes() / type.blockElements()).isEqualTo(bits);
    assertThat(TensorTypes.byId(type.id())).contains(type);
  }

  @ParameterizedTest
  @EnumSource
  void everyRole_hasANameThatLeadsBack(TensorRole.Kind kind) {
    int layer = kind.perLayer() ? 31 : TensorRole.NO_LAYER;
    for (TensorRole.Part part : TensorRole.Part.values()) {
      TensorRole role = new TensorRole(kind, layer, part);
      assertThat(TensorNames.roleOf(TensorNames.nameOf(role))).contains(role);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TOKEN_EMBEDDING, token_embd.weight",
    "OUTPUT_NORM, output_norm.weight",
    "OUTPUT, output.weight",
    "ROPE_FREQUENCIES, rope_freqs.weight",
    "ATTENTION_NORM, blk.0.attn_norm.weight",
    "ATTENTION_QUERY, blk.0.attn_q.weight",
    "ATTENTION_KEY, blk.0.attn_k.weight",
    "ATTENTION_VALUE, blk.0.attn_v.weight",
    "ATTENTION_OUTPUT, blk.0.attn_output.weight",
    "FEED_FORWARD_NORM, blk.0.ffn_norm.weight",
    "FEED_FORWARD_GATE, blk.0.ffn_gate.weight",
    "FEED_FORWARD_UP, blk.0.ffn_up.weight",
    "FEED_FORWARD_DOWN, blk.0.ffn_down.weight",
    "ROPE_FACTORS_LONG, rope_factors_long.weight",
    "ROPE_FACTORS_SHORT, rope_factors_short.weight",
    "ATTENTION_QUERY_KEY_VALUE, blk.0.attn_qkv.weight",
    "ATTENTION_QUERY_NORM, blk.0.attn_q_norm.weight",
    "ATTENTION_KEY_NORM, blk.0.attn_k_norm.weight",
    "ATTENTION_POST_NORM, blk.0.post_attention_norm.weight",
    "FEED_FORWARD_POST_NORM, blk.0.post_ffw_norm.weight",
    "EXPERT_ROUTER, blk.0.ffn_gate_inp.weight",
    "EXPERT_GATE, blk.0.ffn_gate_exps.weight",
    "EXPERT_UP, blk.0.ffn_up_exps.weight",
    "EXPERT_DOWN, blk.0.ffn_down_exps.weight",
    "SHARED_EXPERT_ROUTER, blk.0.ffn_gate_inp_shexp.weight",
    "SHARED_EXPERT_GATE, blk.0.ffn_gate_shexp.weight",
    "SHARED_EXPERT_UP, blk.0.ffn_up_shexp.weight",
    "SHARED_EXPERT_DOWN, blk.0.ffn_down_shexp.weight"
  })
  void names_areThoseOfUpstream(TensorRole.Kind kind, String name) {
    TensorRole role = kind.perLayer() ? TensorRole.weight(kind, 0) : TensorRole.weight(kind);
    assertThat(TensorNames.nameOf(role)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blk.0.attn_rel_b.weight",
        "blk.0.attn_q.scale",
        "blk.00.attn_q.weight",
        "blk.-1.attn_q.weight",
        "blk.999999999999.attn_q.weight",
        "blk.attn_q.weight",
        "attn_q.weight",
        "blk.0.token_embd.weight",
        "token_embd",
        "token_embd.weight.lora_a",
        ""
      })
  void otherNames_haveNoRole(String name) {
    assertThat(TensorNames.roleOf(name)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 0",
    "F16, 1",
    "Q4_0, 2",
    "Q4_1, 3",
    "Q8_0, 7",
    "Q5_0, 8",
    "Q5_1, 9",
    "Q2_K, 10",
    "Q3_K_S, 11",
    "Q3_K_M, 12",
    "Q3_K_L, 13",
    "Q4_K_S, 14",
    "Q4_K_M, 15",
    "Q5_K_S, 16",
    "Q5_K_M, 17",
    "Q6_K, 18",
    "IQ2_XXS, 19",
    "IQ2_XS, 20",
    "Q2_K_S, 21",
    "IQ3_XS, 22",
    "IQ3_XXS, 23",
    "IQ1_S, 24",
    "IQ4_NL, 25",
    "IQ3_S, 26",
    "IQ3_M, 27",
    "IQ2_S, 28",
    "IQ2_M, 29",
    "IQ4_XS, 30",
    "IQ1_M, 31",
    "BF16, 32",
    "TQ1_0, 36",
    "TQ2_0, 37",
    "MXFP4_MOE, 38",
    "NVFP4, 39",
    "Q1_0, 40",
    "Q2_0, 41"
  })
  void fileTypes_haveTheirNumbers(String name, int number) {
    assertThat(FileTypes.numberOf(name)).hasValue(number);
    assertThat(FileTypes.nameOf(number)).contains(name);
    assertThat(FileTypes.nameOf(number | 1024)).contains(name);
  }

  @Test
  void unknownFileTypes_haveNone() {
    assertThat(FileTypes.numberOf("q4_0")).isEmpty();
    assertThat(FileTypes.nameOf(4)).isEmpty();
  }
}
