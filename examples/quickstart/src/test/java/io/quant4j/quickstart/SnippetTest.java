package io.quant4j.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the README's program as its reader would: in a process of its own, in a directory that holds
 * the model.
 */
class SnippetTest {
  private static final Path MODEL =
      Path.of(System.getProperty("quant4j.root"), "examples/quickstart/models/tiny-novels");

  @Test
  void snippet_quantizesAndPrintsText(@TempDir Path directory) throws Exception {
    Path model = Files.createDirectories(directory.resolve("models/tiny-novels"));
    copyFiles(MODEL, model);

    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Snippet.class.getName())
            .directory(directory.toFile())
            .redirectOutput(output.toFile())
            .redirectError(directory.resolve("errors.txt").toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();

    assertThat(ended).as("ended within a minute").isTrue();
    assertThat(process.exitValue()).as(Files.readString(directory.resolve("errors.txt"))).isZero();
    assertThat(Files.size(directory.resolve("tiny-novels-Q4_K_M.gguf")))
        .isBetween(3_000_000L, 5_000_000L);
    assertThat(Files.readString(output, StandardCharsets.UTF_8)).hasSizeGreaterThan(100);
  }

  private static void copyFiles(Path from, Path to) throws IOException {
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
