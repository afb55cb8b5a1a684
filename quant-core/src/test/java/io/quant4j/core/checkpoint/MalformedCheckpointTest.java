package io.quant4j.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MalformedCheckpointTest {
  private static final Class<?> MALFORMED = MalformedModelException.class;
  private static final Class<?> UNSUPPORTED = UnsupportedModelException.class;

  @TempDir Path directory;

  private record Case(
      String name, Consumer<TinyCheckpoint> damage, Class<?> error, String... words) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case of(
      String name, Consumer<TinyCheckpoint> damage, Class<?> error, String... words) {
    return new Case(name, damage, error, words);
  }

  private static Case config(String key, String json, Class<?> error, String... words) {
    String name = key + " " + (json.length() > 80 ? "of " + json.length() + " bytes" : json);
    return of(name, c -> c.config(key, json), error, words);
  }

  private static Case missing(String key) {
    return of("no " + key, c -> c.config(key, ""), MALFORMED, key + " is missing", "config.json");
  }

  static Stream<Case> checkpoints() {
    return Stream.of(missingKeys(), configs(), ropes(), files(), generation()).flatMap(s -> s);
  }

  private static Stream<Case> missingKeys() {
    return Stream.of(
            "model_type",
            "hidden_size",
            "intermediate_size",
            "num_hidden_layers",
            "num_attention_heads",
            "vocab_size",
            "max_position_embeddings",
            "rms_norm_eps")
        .map(MalformedCheckpointTest::missing);
  }

  private static Stream<Case> configs() {
    return Stream.of(
        config("model_type", "7", MALFORMED, "model_type is 7", "a string"),
        config("hidden_size", "0", MALFORMED, "hidden_size is 0"),
        config("hidden_size", "5", MALFORMED, "no multiple", "num_attention_heads"),
        config("hidden_size", "4.5", MALFORMED, "hidden_size is 4.5"),
        config("hidden_size", "\"4\"", MALFORMED, "hidden_size is \"4\"", "whole number"),
        config("hidden_size", "1e300", MALFORMED, "whole number"),
        config("num_hidden_layers", "2000000000", MALFORMED, "1 to 1024"),
        config("num_attention_heads", "-2", MALFORMED, "num_attention_heads is -2"),
        config("num_key_value_heads", "3", MALFORMED, "does not divide"),
        config("head_dim", "3", MALFORMED, "head_dim", "odd"),
        config("vocab_size", "3000000000", MALFORMED, "vocab_size is 3000000000"),
        config("vocab_size", "4", MALFORMED, "only 4", "not of the same model"),
        config("rms_norm_eps", "NaN", MALFORMED, "rms_norm_eps is NaN", "finite"),
        config("rms_norm_eps", "-1", MALFORMED, "rms_norm_eps is -1"),
        config("tie_word_embeddings", "false", MALFORMED, "no tensor for the output"),
        config("tie_word_embeddings", "1", MALFORMED, "true or false"),
        config("hidden_act", "\"gelu\"", UNSUPPORTED, "gelu", "silu"),
        config("num_local_experts", "8", UNSUPPORTED, "8 experts"),
        config("sliding_window", "0", MALFORMED, "sliding_window is 0"),
        config(
            "quantization_config",
            "{\"quant_method\":\"gptq\",\"bits\":4}",
            UNSUPPORTED,
            "quantized (gptq)",
            "quantization_config"),
        of(
            "config twice",
            c -> c.write("config.json", "{\"a\":1,\"a\":2}"),
            MALFORMED,
            "Duplicate"),
        of("config an array", c -> c.write("config.json", "[1]"), MALFORMED, "expected an object"),
        of("config empty", c -> c.write("config.json", ""), MALFORMED, "no JSON"),
        of(
            "config nested",
            c -> c.write("config.json", "{\"a\":" + "[".repeat(99) + "]".repeat(99) + "}"),
            MALFORMED,
            "not valid JSON",
            "depth"),
        config("values", "[" + "0,".repeat(1 << 20) + "0]", MALFORMED, "more than 1048576 values"),
        of("config endless", c -> c.write("config.json", new byte[1 << 23]), MALFORMED, "longer"));
  }

  private static Stream<Case> ropes() {
    return Stream.of(
        config("rope_theta", "0", MALFORMED, "rope_theta is 0.0"),
        config("rope_scaling", "{\"type\":\"linear\"}", MALFORMED, "rope_scaling.factor"),
        config(
            "rope_scaling", "{\"rope_type\":\"linear\",\"factor\":-1}", MALFORMED, "factor is -1"),
        config("rope_scaling", "[]", MALFORMED, "an object"),
        config(
            "rope_parameters", "{\"rope_theta\":\"x\"}", MALFORMED, "rope_parameters.rope_theta"),
        config("partial_rotary_factor", "2", MALFORMED, "partial_rotary_factor is 2.0"),
        config(
            "rope_scaling",
            "{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,\"high_freq_factor\":1,"
                + "\"original_max_position_embeddings\":8}",
            MALFORMED,
            "not below high_freq_factor"));
  }

  private static Stream<Case> files() {
    return Stream.of(
        of("no config", c -> c.delete("config.json"), MALFORMED, "no config.json"),
        of(
            "no weights",
            c -> c.delete("model.safetensors"),
            MALFORMED,
            "neither model.safetensors"),
        of(
            "pickled weights",
            c -> c.delete("model.safetensors").write("pytorch_model.bin", "x"),
            UNSUPPORTED,
            "pytorch_model.bin",
            "safetensors"),
        of(
            "slow tokenizer",
            c -> c.delete("tokenizer.json").write("vocab.json", "{}").write("merges.txt", ""),
            UNSUPPORTED,
            "vocab.json",
            "writes tokenizer.json"),
        of(
            "adapter",
            c -> c.delete("config.json").write("adapter_config.json", "{}"),
            UNSUPPORTED,
            "adapter"));
  }

  private static Stream<Case> generation() {
    return Stream.of("\"temperature\": -1", "\"top_p\": 1.5", "\"min_p\": 2", "\"top_k\": 0.5")
        .map(setting ->
            of(
                setting,
                c -> c.write("generation_config.json", "{" + setting + "}"),
                MALFORMED,
                "generation_config.json",
                setting.substring(1, 5)));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void open_damagedCheckpoint_saysWhatIsWrong(Case checkpoint) {
    checkpoint.damage().accept(new TinyCheckpoint(directory));
    assertThatThrownBy(() -> TinyCheckpoint.reader().open(directory).close())
        .isInstanceOf(checkpoint.error())
        .satisfies(e -> assertThat(e.getMessage()).contains(checkpoint.words()));
  }
}
