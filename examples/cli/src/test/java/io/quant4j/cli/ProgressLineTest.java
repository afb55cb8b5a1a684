package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final StringWriter text = new StringWriter();
  private final AtomicLong clock = new AtomicLong();

  @Test
  void log_getsALineEveryFewSeconds() {
    try (ProgressLine line = line(false)) {
      for (int second = 1; second <= 12; second++) {
        clock.addAndGet(1_000_000_000L);
        line.progressed(progress(second * 5, second, "blk.0.ffn_up.weight"));
      }
    }

    assertThat(text.toString().lines())
        .containsExactly(
            "quantize  25%, 15.00 s left  blk.0.ffn_up.weight",
            "quantize  50%, 10.00 s left  blk.0.ffn_up.weight");
  }

  @Test
  void quickWork_saysNothing() {
    try (ProgressLine line = line(false)) {
      line.progressed(progress(50, 1, "a"));
      line.progressed(progress(100, 2, "b"));
    }

    assertThat(text.toString()).isEmpty();
  }

  @Test
  void terminal_isWrittenOverAndCleared() {
    try (ProgressLine line = line(true)) {
      clock.addAndGet(1_000_000_000L);
      line.progressed(progress(10, 1, "x".repeat(200)));
    }

    assertThat(text.toString()).startsWith("\rquantize  10%").doesNotContain("\n");
    assertThat(text.toString().split("\r", -1)).allMatch(part -> part.length() <= 78);
    assertThat(text.toString()).endsWith("\r" + " ".repeat(78) + "\r");
  }

  private ProgressLine line(boolean terminal) {
    return new ProgressLine(new PrintWriter(text), terminal, clock::get);
  }

  private static Progress progress(long done, long seconds, String item) {
    return new Progress("quantize", item, done, 100, Duration.ofSeconds(seconds));
  }
}
