package io.quant4j.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
  private static final Path MODEL =
      Path.of(System.getProperty("quant4j.root"), "examples/quickstart/models/tiny-novels");

  @Test
  void run_showsBothTypesAndAText(@TempDir Path results) {
    String story = run(results);

    assertThat(story)
        .containsPattern(Pattern.compile("^Q8_0 +6,\\d{3},\\d{3} +8\\.", Pattern.MULTILINE));
    assertThat(story)
        .containsPattern(
            Pattern.compile("^Q4_K_M +[34],\\d{3},\\d{3} +[45]\\.", Pattern.MULTILINE));
    assertThat(story).contains("The old man looked at the ").contains("120 generated");
    assertThat(results.resolve("quickstart-Q8_0.gguf")).exists();
  }

  private static String run(Path results) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new Quickstart(new PrintStream(bytes, true, StandardCharsets.UTF_8)).run(MODEL, results);
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
