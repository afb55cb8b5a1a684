package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.Quant4J;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.Quantizer;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.core.session.TinyNovels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the death of the process in the middle of the work leaves. */
class KilledQuantizerTest {
  @TempDir Path directory;

  /** What the other process says. */
  @TempDir Path signs;

  private static Quantizer.Builder request(Path source, Path target, String split) {
    Quantizer.Builder builder =
        Quantizer.builder().source(source).target(target).fileType("Q8_0").threads(1);
    return split.equals("split") ? builder.splitMaxTensors(20) : builder;
  }

  /** Quantizes until the first report of progress, gives a sign and waits to be killed. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] args) {
      request(Path.of(args[0]), Path.of(args[1]), args[2])
          .listener(progress -> {
            begun(Path.of(args[3]));
            await();
          })
          .build()
          .run();
    }

    private static void begun(Path sign) {
      try {
        Files.createFile(sign);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void await() {
      try {
        Thread.sleep(TimeUnit.MINUTES.toMillis(1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void killInTheMiddle(Path target, String split) throws Exception {
    Path sign = signs.resolve(split);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                TinyNovels.directory().toString(),
                target.toString(),
                split,
                sign.toString())
            .redirectErrorStream(true)
            .redirectOutput(signs.resolve("output.txt").toFile())
            .start();
    try {
      while (process.isAlive() && !Files.exists(sign)) {
        Thread.sleep(10);
      }
      assertThat(sign).as(Files.readString(signs.resolve("output.txt"))).exists();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void targetOfAKilledRun_isAsItWasAndTheNextRunSucceeds() throws Exception {
    Path target = directory.resolve("m.gguf");
    Files.writeString(target, "before");

    killInTheMiddle(target, "single");

    assertThat(Files.readString(target)).isEqualTo("before");
    List<String> left = files();
    assertThat(left).hasSize(2).first().asString().startsWith(".m.gguf.").endsWith(".tmp");
    QuantizationReport report = request(TinyNovels.directory(), target, "single").build().run();
    assertThat(Files.size(target)).isEqualTo(report.fileBytes());
    assertSound(target);
    assertThat(files()).isEqualTo(left);
  }

  @Test
  void setOfAKilledRun_isNotThereAndTheNextRunSucceeds() throws Exception {
    Path target = directory.resolve("m.gguf");

    killInTheMiddle(target, "split");

    assertThat(files()).hasSize(1).first().asString().startsWith(".m-00001-of-").endsWith(".tmp");
    QuantizationReport report = request(TinyNovels.directory(), target, "split").build().run();
    assertThat(report.files()).hasSize(3);
    assertSound(report.target());
  }

  private static void assertSound(Path target) {
    try (Checkpoint written = Quant4J.open(target)) {
      assertThat(Quant4J.check(written, 2).sound()).isTrue();
    }
  }
}
