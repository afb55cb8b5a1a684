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
        "imatrix",
        "split",
        "merge",
        "generate",
        "perplexity",
        "compare",
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
        use("a command is missing"),
        use("Unmatched argument", "quantise"),
        use("--type", "quantize", "a", "b"),
        use("SOURCE", "quantize", "--type", "Q8_0"),
        use("is not REGEX=TYPE", "quantize", "a", "b", "--type", "F16", "--tensor-type", "x"),
        use("letters, digits", "quantize", "a", "b", "--type", "F16", "--tensor-type", "x=y z"),
        use("is not KEY=TYPE:VALUE", "quantize", "a", "b", "--type=F16", "--override-kv", "int:3"),
        use("str:TEXT", "quantize", "a", "b", "--type=F16", "--override-kv", "k=text:x"),
        use("300M or 2G", "split", "a", "b", "--max-size", "300"),
        use("--max-tensors or --max-size", "split", "a", "b"),
        use("--prompt", "generate", "m"),
        use("mutually exclusive", "generate", "m", "--prompt", "x", "--prompt-file", "y"),
        use("mutually exclusive", "generate", "m", "--prompt=x", "--greedy", "--temperature=1"),
        use("'abc' is not an int", "generate", "m", "--prompt", "x", "--top-k", "abc"),
        use("should be specified only once", "generate", "m", "--prompt=x", "--seed=1", "--seed=2"),
        use("neither --file nor --in-file", "imatrix", "m", "--output", "x.gguf"),
        use("--file needs a MODEL", "imatrix", "--file", "t", "--output", "x.gguf"),
        use("--file needs an --output", "imatrix", "m", "--file", "t"),
        use("neither --output nor --show-statistics", "imatrix", "--in-file", "x.gguf"),
        use("must end in .gguf or .dat", "imatrix", "--in-file", "x.gguf", "--output", "x.txt"),
        use("directory of --output", "imatrix", "--in-file", "a", "--output", "none/x.gguf"),
        use("--context must be", "imatrix", "--in-file=a", "--output=x.dat", "--context=0"),
        use("--file", "perplexity", "m"),
        use("--file", "compare", "m", "n"),
        use("QUANTIZED", "compare", "m", "--file", "x"),
        use("--repetitions must be at least 1", "bench", "m", "--repetitions", "0"),
        use("--warmup-seconds must be at least 0", "bench", "m", "--warmup-seconds", "NaN"),
        use("--top must be at least 1", "logits", "m", "--prompt", "x", "--top", "0"),
        use("mutually exclusive", "tokenize", "m", "--text", "x", "--file", "y"),
        use("--threads must be at least 1", "doctor", "--threads", "0"));
  }

  private static Arguments use(String reason, Object... args) {
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
        use("nothing/there.gguf", "inspect", "nothing/there.gguf"),
        use("there is no such file", "generate", "m", "--prompt-file", "nothing/there.txt"),
        use("there is no such file", "perplexity", "m", "--file", "nothing.txt"),
        use("no such file", "imatrix", "--in-file", "nothing.gguf", "--show-statistics"),
        use("there is no such file", "compare", "m", "n", "--file", "nothing.txt"),
        use("prefillBatch must be", "generate", "m", "--prompt", "x", "--prefill-batch", "0"),
        use("prefillBatch must be", "generate", "m", "--prompt", "x", "--prefill-batch", "32769"),
        use("is the source file", "quantize", "a", "a", "--type", "F16"),
        use("threads must be at least 1", "quantize", "a", "b", "--type=F16", "--threads=0"),
        use("not a regular expression", "quantize", "a", "b", "--type=F16", "--tensor-type=(=F16"));
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
    System.clearProperty(Quant4jCommand.LOG_LEVEL);

    assertThat(run.err()).contains("\tat io.quant4j.cli.InspectCommand.call");
  }
}
