package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quantize",
        "generate",
        "perplexity",
        "bench",
        "inspect",
        "tokenize",
        "logits",
        "doctor"
      })
  void help_isOnStandardOutput(String command) {
    CommandRun run = CommandRun.of(command, "--help");

    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith("Usage: quant4j " + command).contains("--verbose");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void version_namesJarAndJava() {
    CommandRun run = CommandRun.of("--version");

    assertThat(run.out()).startsWith("quant4j ").contains("Java " + Runtime.version());
  }

  static Stream<Arguments> wrongUses() {
    return Stream.of(
        wrong("a command is missing"),
        wrong("Unmatched argument", "quantise"),
        wrong("--type", "quantize", "a", "b"),
        wrong("TARGET", "quantize", "a", "--type", "Q8_0"),
        wrong("is not REGEX=TYPE", "quantize", "a", "b", "--type", "F16", "--tensor-type", "x"),
        wrong("letters, digits", "quantize", "a", "b", "--type", "F16", "--tensor-type", "x=y z"),
        wrong(
            "not a regular expression", "quantize", "a", "b", "--type=F16", "--tensor-type=(=F16"),
        wrong("is the source file", "quantize", "a", "a", "--type", "F16"),
        wrong("threads must be at least 1", "quantize", "a", "b", "--type=F16", "--threads=0"),
        wrong("--prompt", "generate", "m"),
        wrong("mutually exclusive", "generate", "m", "--prompt", "x", "--prompt-file", "y"),
        wrong("mutually exclusive", "generate", "m", "--prompt=x", "--greedy", "--temperature=1"),
        wrong("'abc' is not an int", "generate", "m", "--prompt", "x", "--top-k", "abc"),
        wrong(
            "should be specified only once", "generate", "m", "--prompt=x", "--seed=1", "--seed=2"),
        wrong("prefillBatch must be", "generate", "m", "--prompt", "x", "--prefill-batch", "0"),
        wrong("--file", "perplexity", "m"),
        wrong("--repetitions must be at least 1", "bench", "m", "--repetitions", "0"),
        wrong("--top must be at least 1", "logits", "m", "--prompt", "x", "--top", "0"),
        wrong("mutually exclusive", "tokenize", "m", "--text", "x", "--file", "y"),
        wrong("--threads must be at least 1", "doctor", "--threads", "0"));
  }

  private static Arguments wrong(String reason, Object... args) {
    return Arguments.of(reason, args);
  }

  @ParameterizedTest
  @MethodSource("wrongUses")
  void wrongUse_isStatusTwoAndOneReason(String reason, Object[] args) {
    CommandRun run = CommandRun.of(args);

    assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines().findFirst().orElseThrow())
        .startsWith("quant4j: ")
        .contains(reason);
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of("nothing/there.gguf", new Object[] {"inspect", "nothing/there.gguf"}),
        Arguments.of(
            "there is no such file",
            new Object[] {"generate", "m", "--prompt-file", "nothing/there.txt"}),
        Arguments.of(
            "there is no such file", new Object[] {"perplexity", "m", "--file", "nothing.txt"}));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failure_isStatusOneAndOneLine(String reason, Object[] args) {
    CommandRun run = CommandRun.of(args);

    assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.FAILURE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("quant4j: ").contains(reason);
  }

  @Test
  void verbose_showsTheStackTrace() {
    CommandRun run = CommandRun.of("inspect", "nothing/there.gguf", "--verbose");

    assertThat(run.err()).contains("\tat io.quant4j.cli.InspectCommand.call");
  }
}
