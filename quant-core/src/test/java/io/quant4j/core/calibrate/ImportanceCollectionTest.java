package io.quant4j.core.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.ImportanceOptions;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Progress;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.OperationCancelledException;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.session.TinyNovels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Collection by the real engine on the small model of the repository. */
class ImportanceCollectionTest {
  /**
   * Of every sum, relative to upstream's. Activations differ by the order of sums in products of
   * single precision (below 2e-6 measured), and upstream adds the squares of 448 rows as floats
   * (below 5e-6).
   */
  private static final double DIFFERENCE = 2e-5;

  private static final String TEXT = GoldenImatrix.text();
  private static final ImportanceOptions OPTIONS =
      ImportanceOptions.defaults().withContext(GoldenImatrix.CONTEXT).withDataset("text.txt");

  private static Model model;

  @BeforeAll
  static void load() {
    model = load(2, 128);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Model load(int threads, int batch) {
    return Model.load(
        TinyNovels.directory(),
        LoadOptions.defaults()
            .withBackend("scalar")
            .withThreads(threads)
            .withPrefillBatch(batch)
            .withCache(FormatId.F32, FormatId.F32));
  }

  private static void assertClose(ImportanceMatrix actual, ImportanceMatrix expected, double by) {
    assertThat(actual.entries().keySet()).isEqualTo(expected.entries().keySet());
    expected
        .entries()
        .forEach((name, entry) -> {
          Entry mine = actual.find(name).orElseThrow();
          assertThat(mine.counts()).as(name).containsExactly(entry.counts());
          for (int i = 0; i < entry.sums().length; i++) {
            assertThat((double) mine.sums()[i])
                .as("%s, column %d", name, i)
                .isCloseTo(entry.sums()[i], within(by * entry.sums()[i]));
          }
        });
  }

  @Test
  void matrix_agreesWithLlamaCpp() {
    ImportanceMatrix golden = GoldenImatrix.matrix();
    ImportanceMatrix matrix = model.collectImportance(TEXT, OPTIONS);

    assertClose(matrix, golden, DIFFERENCE);
    assertThat(matrix.chunks()).isEqualTo(golden.chunks());
    assertThat(matrix.chunkTokens()).isEqualTo(golden.chunkTokens());
    assertThat(matrix.datasets()).isEqualTo(golden.datasets());
  }

  @Test
  void matrix_dependsNeitherOnThreadsNorOnBatchesNorOnPerplexity() {
    ImportanceMatrix matrix = model.collectImportance(TEXT, OPTIONS.withChunks(2));
    try (Model other = load(1, 7)) {
      assertThat(other.collectImportance(TEXT, OPTIONS.withChunks(2))).isEqualTo(matrix);
      assertThat(
              other.collectImportance(
                  TEXT, OPTIONS.withChunks(2).withPerplexity(false).withProcessOutput(true)))
          .as("the output matrix is the embedding, and has no entry for that")
          .isEqualTo(matrix);
    }
  }

  @Test
  void progress_tellsThePerplexityOfTheSameText() {
    List<Progress> seen = new ArrayList<>();
    model.collectImportance(TEXT, OPTIONS.withChunks(2).withListener(seen::add));
    double perplexity =
        model
            .perplexity(
                TEXT, PerplexityOptions.defaults().withContext(GoldenImatrix.CONTEXT).withChunks(2))
            .value();

    assertThat(seen).hasSize(2);
    assertThat(seen.getFirst().phase()).isEqualTo("imatrix");
    assertThat(seen.getFirst().done()).isEqualTo(64);
    assertThat(seen.getFirst().total()).isEqualTo(128);
    assertThat(seen.getFirst().remaining()).isPresent();
    assertThat(seen.getLast().item())
        .isEqualTo(String.format(Locale.ROOT, "chunk 2 of 2, perplexity so far %.4f", perplexity));
  }

  @Test
  void progress_withoutPerplexity_tellsNone() {
    List<Progress> seen = new ArrayList<>();
    model.collectImportance(
        TEXT, OPTIONS.withChunks(1).withPerplexity(false).withListener(seen::add));

    assertThat(seen.getFirst().item()).isEqualTo("chunk 1 of 1");
  }

  @Test
  void resumedRun_isTheWholeOne() {
    List<ImportanceMatrix> snapshots = new ArrayList<>();
    ImportanceMatrix whole =
        model.collectImportance(TEXT, OPTIONS.withChunks(3).withSnapshots(2, snapshots::add));
    ImportanceMatrix half = snapshots.getFirst();
    ImportanceMatrix resumed =
        model.collectImportance(TEXT, OPTIONS.withFromChunk(2).withChunks(1).withResumeFrom(half));

    assertThat(snapshots).hasSize(1);
    assertThat(half.chunks()).isEqualTo(2);
    // Sums are rounded to floats once more where the run was cut.
    assertClose(resumed, whole, 0x1p-22);
    assertThat(resumed.chunks()).isEqualTo(3);
    assertThat(resumed.datasets()).isEqualTo(whole.datasets());
  }

  @Test
  void snapshots_comeAfterEveryFewWindowsButTheLast() {
    List<Integer> chunks = new ArrayList<>();
    model.collectImportance(
        TEXT, OPTIONS.withChunks(4).withSnapshots(2, soFar -> chunks.add(soFar.chunks())));

    assertThat(chunks).containsExactly(2);
  }

  @Test
  void resumeFromAnotherModel_isRefusedBeforeWork() {
    TreeMap<String, Entry> entries = new TreeMap<>();
    entries.put("blk.0.attn_q.weight", new Entry(new float[8], new float[] {3}));
    ImportanceMatrix other = new ImportanceMatrix(List.of(), 1, 64, entries);
    List<Progress> seen = new ArrayList<>();

    assertThatThrownBy(() ->
            model.collectImportance(TEXT, OPTIONS.withResumeFrom(other).withListener(seen::add)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContainingAll("blk.0.attn_q.weight", "256 columns");
    assertThat(seen).isEmpty();
  }

  @Test
  void shortText_isRefused() {
    assertThatThrownBy(() -> model.collectImportance("Too short.", OPTIONS))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("two windows need 128");
    assertThatThrownBy(() -> model.collectImportance(TEXT, OPTIONS.withFromChunk(6)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("two windows after the first 6 need 512");
  }

  @Test
  void cancelledRun_endsAfterTheWindowInWork() {
    CancellationToken cancellation = new CancellationToken();
    List<Progress> seen = new ArrayList<>();
    ImportanceOptions options =
        OPTIONS
            .withCancellation(cancellation)
            .withListener(progress -> {
              seen.add(progress);
              cancellation.cancel();
            });

    assertThatThrownBy(() -> model.collectImportance(TEXT, options))
        .isInstanceOf(OperationCancelledException.class);
    assertThat(seen).hasSize(1);
  }

  @Test
  void sessions_areNotObserved() {
    try (var session = model.newSession(64)) {
      ImportanceMatrix alone = model.collectImportance(TEXT, OPTIONS.withChunks(1));
      ImportanceOptions options =
          OPTIONS.withChunks(2).withSnapshots(1, _ -> session.evaluate(new int[] {1, 2, 3}));
      ImportanceMatrix both = model.collectImportance(TEXT, options);

      assertThat(both.find("blk.0.attn_q.weight").orElseThrow().counts()).containsExactly(128);
      assertThat(alone.chunks()).isEqualTo(1);
    }
  }

  @Test
  void impossibleOptions_areRefused() {
    ImportanceOptions defaults = ImportanceOptions.defaults();

    assertThatThrownBy(() -> defaults.withContext(7)).hasMessageContaining("at least 8 tokens");
    assertThatThrownBy(() -> defaults.withChunks(0)).hasMessageContaining("chunks must be");
    assertThatThrownBy(() -> defaults.withFromChunk(-1)).hasMessageContaining("fromChunk must be");
    assertThatThrownBy(() -> defaults.withSnapshots(0, _ -> {}))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("snapshotEvery must be");
  }
}
