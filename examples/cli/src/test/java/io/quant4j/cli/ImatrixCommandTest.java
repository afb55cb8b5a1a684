package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on the model of the quickstart, with the real engine. */
class ImatrixCommandTest {
  private static final Path MODEL = CommandRun.TINY_NOVELS;
  private static final Path GOLDEN =
      Path.of(System.getProperty("quant4j.root"), "quant-gguf/src/test/resources/golden/imatrix");

  @TempDir private static Path directory;
  private static Path text;
  private static Path matrix;
  private static CommandRun collect;

  @BeforeAll
  static void collectOnce() {
    text = GOLDEN.resolve("text.txt");
    matrix = directory.resolve("imatrix.gguf");
    collect = collect(matrix, "--chunks=2", "--show-statistics");
  }

  private static CommandRun collect(Path output, String... more) {
    return CommandRun.of(arguments(output, more));
  }

  private static Object[] arguments(Path output, String... more) {
    Object[] args = new Object[8 + more.length];
    Object[] fixed = {"imatrix", MODEL, "--file", text, "--context", 64, "--output", output};
    System.arraycopy(fixed, 0, args, 0, fixed.length);
    System.arraycopy(more, 0, args, fixed.length, more.length);
    return args;
  }

  @Test
  void collection_writesTheMatrixAndPrintsASummary() {
    assertThat(collect.status()).as(collect.err()).isZero();
    assertThat(matrix).exists();
    assertThat(collect.out())
        .startsWith(matrix + ": 42 entries, 2 windows of 64 tokens")
        .contains("of " + text)
        .containsPattern("(?m)^ +5  ffn_down .*%  +768 ")
        .containsPattern("(?m)^ +5 +[\\d.]+ +[\\d.]+% +0\\.\\d+$");
    assertThat(collect.err()).contains("quant4j: chunk 2 of 2, perplexity so far ");
  }

  @Test
  void continuedCollection_addsToTheEarlierOne() {
    CommandRun run =
        collect(
            directory.resolve("more.gguf"),
            "--in-file=" + matrix,
            "--from-chunk=2",
            "--chunks=3",
            "--no-perplexity",
            "--json");

    assertThat(run.status()).as(run.err()).isZero();
    JsonTree result = JsonTree.parse(run.out());
    assertThat(result.member("chunks").value()).isEqualTo(5L);
    assertThat(result.member("chunk_tokens").value()).isEqualTo(64L);
    assertThat(result.member("entries").value()).isEqualTo(42L);
    assertThat(run.err()).contains("chunk 3 of 3").doesNotContain("perplexity");
  }

  @Test
  void interruptedCollection_keepsWhatItSaved() throws IOException {
    Interruption interruption = new Interruption();
    Path output = directory.resolve("interrupted.gguf");
    Thread impatient =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              while (!Files.exists(output) && !Thread.interrupted()) {
                Thread.onSpinWait();
              }
              interruption.interrupt();
            });
    CommandRun run =
        CommandRun.interruptible(interruption, arguments(output, "--save-every=1", "--threads=1"));
    impatient.interrupt();

    assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.INTERRUPTED);
    assertThat(run.err())
        .containsPattern("\\d windows are in .*interrupted.gguf")
        .containsPattern("--in-file .*interrupted.gguf --from-chunk \\d");
    CommandRun statistics = CommandRun.of("imatrix", "--in-file", output, "--show-statistics");
    assertThat(statistics.out()).contains("windows of 64 tokens");
  }

  @Test
  void merge_addsUpAndConverts() throws IOException {
    Path legacy = directory.resolve("imatrix.dat");
    CommandRun convert =
        CommandRun.of("imatrix", "--in-file", GOLDEN.resolve("imatrix.gguf"), "--output", legacy);
    CommandRun merge =
        CommandRun.of(
            "imatrix",
            "--in-file",
            legacy,
            "--in-file",
            matrix,
            "--context=64",
            "--output",
            directory.resolve("merged"),
            "--output-format=gguf",
            "--json");

    assertThat(convert.status()).as(convert.err()).isZero();
    assertThat(Files.size(legacy)).isEqualTo(56_672);
    assertThat(merge.status()).as(merge.err()).isZero();
    assertThat(JsonTree.parse(merge.out()).member("chunks").value()).isEqualTo(9L);
  }

  @Test
  void statistics_areThoseOfTheFile() {
    CommandRun run =
        CommandRun.of(
            "imatrix", "--in-file", GOLDEN.resolve("imatrix.gguf"), "--show-statistics", "--json");

    JsonTree result = JsonTree.parse(run.out());
    List<JsonTree> tensors = result.member("tensors").elements();
    assertThat(tensors).hasSize(42);
    assertThat(tensors.getFirst().member("name").value()).isEqualTo("blk.0.attn_k.weight");
    assertThat(result.member("layers").elements()).hasSize(6);
  }
}
