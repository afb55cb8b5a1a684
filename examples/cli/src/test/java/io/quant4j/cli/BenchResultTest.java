package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchResultTest {
  private static final BenchSubject SUBJECT =
      new BenchSubject(Path.of("models/a.gguf"), "llama", 1 << 20, 2_000_000, "vector", 2);

  @Test
  void tokensPerSecond_meanAndSampleDeviation() {
    BenchResult result = new BenchResult(100, 0, List.of(1_000_000_000L, 500_000_000L));

    assertThat(result.tokensPerSecond()).containsExactly(100.0, 200.0);
    assertThat(BenchResult.mean(result.tokensPerSecond())).isEqualTo(150);
    assertThat(BenchResult.deviation(result.tokensPerSecond())).isCloseTo(70.7107, within(1e-4));
    assertThat(BenchResult.deviation(List.of(3))).isZero();
  }

  @Test
  void table_hasOneRowPerTest() {
    StringWriter out = new StringWriter();
    BenchResult.print(
        SUBJECT,
        List.of(
            new BenchResult(512, 0, List.of(1_000_000_000L)),
            new BenchResult(0, 128, List.of(2_000_000_000L))),
        new PrintWriter(out));

    assertThat(out.toString().lines())
        .containsExactly(
            "model       size  params  backend  threads   test       tokens/s",
            "a.gguf  1.00 MiB  2.00 M  vector         2  pp512  512.00 ± 0.00",
            "a.gguf  1.00 MiB  2.00 M  vector         2  tg128   64.00 ± 0.00");
  }
}
