package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.GenerationOptions;
import io.quant4j.api.model.GenerationDefaults;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SamplingOptionsTest {
  private static final GenerationDefaults RECOMMENDED =
      new GenerationDefaults(
          true,
          OptionalDouble.of(0.7),
          OptionalInt.of(50),
          OptionalDouble.of(0.9),
          OptionalDouble.empty(),
          OptionalDouble.of(1.1));

  @Test
  void nothingGiven_takesWhatTheModelRecommends() {
    GenerationOptions options = parse(RECOMMENDED);

    assertThat(options.temperature()).isEqualTo(0.7f);
    assertThat(options.topK()).isEqualTo(50);
    assertThat(options.topP()).isEqualTo(0.9f);
    assertThat(options.minP()).isEqualTo(GenerationOptions.defaults().minP());
    assertThat(options.repeatPenalty()).isEqualTo(1.1f);
    assertThat(options.seed()).isPresent();
  }

  @Test
  void given_winsOverTheModel() {
    GenerationOptions options =
        parse(
            RECOMMENDED,
            "--temperature=1.5",
            "--top-k=0",
            "--top-p=0.5",
            "--min-p=0.2",
            "--repeat-penalty=1",
            "--repeat-last-n=8",
            "--max-tokens=5",
            "--seed=-9",
            "--stop=a",
            "--stop=- b",
            "--ignore-eos");

    assertThat(options)
        .isEqualTo(
            new GenerationOptions(
                5,
                1.5f,
                0,
                0.5f,
                0.2f,
                1f,
                8,
                OptionalLong.of(-9),
                List.of("a", "- b"),
                true,
                false,
                true));
  }

  @Test
  void modelThatIsNotSampled_isGreedyUnlessTemperatureIsGiven() {
    GenerationDefaults greedy =
        new GenerationDefaults(
            false,
            OptionalDouble.of(0.7),
            OptionalInt.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty());

    assertThat(parse(greedy).temperature()).isZero();
    assertThat(parse(greedy, "--temperature", "0.3").temperature()).isEqualTo(0.3f);
    assertThat(parse(RECOMMENDED, "--greedy").temperature()).isZero();
  }

  private static GenerationOptions parse(GenerationDefaults recommended, String... args) {
    return CommandLine.populateCommand(new SamplingOptions(), args)
        .toGenerationOptions(recommended);
  }
}
