package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that write models, and options that say how. */
class WritingCommandsTest {
  @TempDir private static Path directory;
  private static Path plain;

  @TempDir private Path target;

  @BeforeAll
  static void writePlain() {
    plain = directory.resolve("plain.gguf");
    CommandRun run =
        CommandRun.of("quantize", CommandRun.TINY_NOVELS, plain, "--type", "F16", "--json");
    assertThat(run.status()).as(run.err()).isZero();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void split_thenMerge_givesTheSameFile() throws IOException {
    CommandRun split =
        CommandRun.of("split", plain, target.resolve("part"), "--max-size", "5M", "--threads=1");
    Path merged = target.resolve("merged.gguf");
    CommandRun merge =
        CommandRun.of("merge", target.resolve("part-00001-of-00003.gguf"), merged, "--threads=1");

    assertThat(split.status()).as(split.err()).isZero();
    assertThat(split.out()).contains("part-00003-of-00003.gguf  ");
    assertThat(merge.status()).as(merge.err()).isZero();
    assertThat(files())
        .containsExactly(
            "merged.gguf",
            "part-00001-of-00003.gguf",
            "part-00002-of-00003.gguf",
            "part-00003-of-00003.gguf");
    assertThat(Files.mismatch(merged, plain)).isEqualTo(-1);
  }

  @Test
  void split_dry_tellsTheFilesAndWritesNone() throws IOException {
    CommandRun run =
        CommandRun.of(
            "split",
            plain,
            target.resolve("part"),
            "--max-tensors=20",
            "--no-tensor-first-split",
            "--dry-run",
            "--json");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(JsonTree.parse(run.out()).member("files").elements())
        .extracting(file -> file.member("path").value())
        .hasSize(4)
        .contains(target.resolve("part-00004-of-00004.gguf").toString());
    assertThat(files()).isEmpty();
  }

  @Test
  void quantize_toASize_writesNoMoreThanIt() throws IOException {
    Path small = target.resolve("small.gguf");

    CommandRun run =
        CommandRun.of("quantize", plain, small, "--model-size=4M", "--algorithm=optimal");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(Files.size(small)).isBetween(3_900_000L, 4_000_000L);
  }

  @Test
  void quantize_keepingTheSplit_writesAsManyFiles() throws IOException {
    CommandRun.of("split", plain, target.resolve("a"), "--max-tensors=30");

    CommandRun run =
        CommandRun.of(
            "quantize",
            target.resolve("a-00001-of-00002.gguf"),
            target.resolve("b.gguf"),
            "--keep-split",
            "--type=7");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("Q8_0");
    assertThat(files()).contains("b-00001-of-00002.gguf", "b-00002-of-00002.gguf").hasSize(4);
  }

  @Test
  void quantize_withEveryOption_obeysThem() throws IOException {
    Path types = Files.writeString(target.resolve("types.txt"), "attn_q=q8_0\n  attn_k=q5_0 ");
    Path model = target.resolve("m.gguf");

    CommandRun run =
        CommandRun.of(
            "quantize",
            CommandRun.TINY_NOVELS,
            model,
            "--type=COPY",
            "--tensor-type=ffn_up=q4_0",
            "--tensor-type-file",
            types,
            "--prune-layers=0,4",
            "--override-kv=general.name=str:pruned",
            "--override-kv=llama.context_length=int:64",
            "--leave-output-tensor",
            "--backend=scalar",
            "--json");

    assertThat(run.status()).as(run.err()).isZero();
    JsonTree facts = JsonTree.parse(CommandRun.of("inspect", model, "--json").out());
    assertThat(facts.member("model").member("name").value()).isEqualTo("pruned");
    assertThat(facts.member("model").member("context_length").value()).isEqualTo(64L);
    assertThat(facts.member("model").member("layer_count").value()).isEqualTo(4L);
    assertThat(facts.member("tensors").elements())
        .extracting(t -> t.member("name").value() + " " + t.member("format").value())
        .hasSize(38)
        .contains(
            "blk.3.ffn_up.weight Q4_0",
            "blk.3.attn_q.weight Q8_0",
            "blk.0.attn_k.weight Q5_0",
            "blk.0.attn_v.weight BF16");
  }

  @Test
  void quantize_dry_saysWhatWouldBeRefused() throws IOException {
    CommandRun text =
        CommandRun.of("quantize", plain, target.resolve("m.gguf"), "--type=Q2_K_S", "--dry-run");
    CommandRun refused =
        CommandRun.of("quantize", plain, target.resolve("m.gguf"), "--type=Q2_K_S");

    assertThat(text.status()).as(text.err()).isZero();
    assertThat(text.out())
        .contains("nothing was written")
        .containsPattern("(?m)^blk.0.attn_v.weight +\\[128, 256] +F16 +Q2_K ")
        .contains("It would be refused")
        .contains("blk.0.ffn_up.weight")
        .contains(" more.");
    assertThat(refused.status()).isEqualTo(ExitStatus.FAILURE);
    assertThat(refused.err()).contains("importance matrix");
    assertThat(files()).isEmpty();
  }

  @Test
  void quantize_withoutTarget_writesBesideTheSource() throws IOException {
    Path source = Files.copy(plain, target.resolve("source.gguf"));

    CommandRun run = CommandRun.of("quantize", source, "--type=q8_0");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(files()).containsExactly("ggml-model-Q8_0.gguf", "source.gguf");
  }

  @Test
  void quantize_withAMissingMatrix_namesIt() {
    CommandRun run =
        CommandRun.of(
            "quantize", plain, target.resolve("m.gguf"), "--type=Q4_0", "--imatrix", "no.gguf");

    assertThat(run.status()).isEqualTo(ExitStatus.FAILURE);
    assertThat(run.err()).contains("no.gguf");
  }

  @Test
  void backend_thatIsNotThere_isAFailureEverywhere() {
    for (CommandRun run :
        List.of(
            CommandRun.of(
                "quantize", plain, target.resolve("m.gguf"), "--type=Q4_0", "--backend=nope"),
            CommandRun.of("inspect", plain, "--backend=nope"),
            CommandRun.of("doctor", "--no-bandwidth", "--backend=nope"))) {
      assertThat(run.status()).isEqualTo(ExitStatus.FAILURE);
      assertThat(run.err()).contains("nope").contains("scalar");
    }
  }

  @Test
  void doctor_ofOneBackend_tellsOfNoOther() {
    CommandRun run = CommandRun.of("doctor", "--no-bandwidth", "--backend=scalar", "--json");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(JsonTree.parse(run.out()).member("backends").elements())
        .extracting(backend -> backend.member("name").value())
        .containsExactly("scalar");
  }

  @Test
  void inspect_checking_findsNotANumber() throws IOException {
    Path damaged = target.resolve("damaged.gguf");
    Files.copy(plain, damaged);
    try (RandomAccessFile file = new RandomAccessFile(damaged.toFile(), "rw")) {
      file.seek(file.length() - 1); // the last element of the last tensor, little-endian F16
      file.write(0x7e);
    }

    CommandRun sound = CommandRun.of("inspect", plain, "--check", "--no-tensors", "--threads=2");
    CommandRun bad = CommandRun.of("inspect", damaged, "--check", "--no-tensors", "--json");

    assertThat(sound.status()).as(sound.err()).isZero();
    assertThat(sound.out()).contains("hold finite numbers");
    assertThat(bad.status()).isEqualTo(ExitStatus.FAILURE);
    JsonTree damage =
        JsonTree.parse(bad.out()).member("check").member("damages").elements().getFirst();
    assertThat(damage.member("tensor").value()).isEqualTo("blk.5.ffn_up.weight");
    assertThat(damage.member("row").value()).isEqualTo(767L);
  }
}
