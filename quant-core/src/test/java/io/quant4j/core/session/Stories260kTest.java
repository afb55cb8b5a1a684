package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.GenerationOptions;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Quantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A published model must tell the published story, whatever form it is read from. */
@Tag("conformance")
class Stories260kTest {
  private static final Path FOLDER =
      Path.of(Objects.requireNonNull(System.getProperty("quant4j.shared")))
          .resolve("data/models/stories260K");

  @TempDir private Path directory;

  /**
   * 200 steps from the begin token alone: 199 tokens are told, the first step reads the begin
   * token.
   */
  private static void assertStory(Path path) throws IOException {
    String expected = Files.readString(FOLDER.resolve("greedy-200-steps.txt"));
    assertThat(expected).hasSize(464);
    try (Model model = Model.load(path, LoadOptions.defaults().withThreads(2));
        InferenceSession session = model.newSession()) {
      String text = session.generate("", GenerationOptions.greedy().withMaxTokens(200)).text();
      assertThat(text).startsWith(expected);
      assertThat(text.length() - expected.length()).isBetween(0, 8);
    }
  }

  @Test
  void gguf_tellsTheStory() throws IOException {
    assertStory(FOLDER.resolve("stories260K.gguf"));
  }

  @Test
  void ggufWrittenAgain_tellsTheStory() throws IOException {
    Path target = directory.resolve("again.gguf");
    Quantizer.builder()
        .source(FOLDER.resolve("stories260K.gguf"))
        .target(target)
        .fileType("F32")
        .build()
        .run();
    assertStory(target);
  }

  @Test
  void huggingFaceDirectory_tellsTheStory() throws IOException {
    Llama2cModel.convert(FOLDER.resolve("stories260K.bin"), directory);
    Files.copy(FOLDER.resolve("tok512.model"), directory.resolve("tokenizer.model"));
    assertStory(directory);
    Path target = directory.resolve("from-huggingface.gguf");
    Quantizer.builder().source(directory).target(target).fileType("F32").build().run();
    assertStory(target);
  }
}
