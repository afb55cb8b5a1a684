package io.quant4j.api;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * How an importance matrix is collected. Immutable; start from {@link #defaults()}.
 *
 * @param context tokens of a window
 * @param chunks most windows; empty for all
 * @param fromChunk windows of the text to leave out at its beginning
 * @param processOutput whether the output matrix gets an entry, which upstream's quantizer has no
 *     use for by default
 * @param parseSpecial whether special tokens spelled out in the text are recognized
 * @param perplexity whether perplexity is measured on the way, as a sign that text and model fit;
 *     costs the products with the output matrix
 * @param dataset name of the text, for the record
 * @param resumeFrom what was collected before and is added to
 * @param snapshotEvery windows between calls of {@code snapshots}; empty for none
 * @param snapshots given what was collected so far
 * @param listener told of progress after every window
 * @param cancellation stops the work after the window in work
 */
public record ImportanceOptions(
    int context,
    OptionalInt chunks,
    int fromChunk,
    boolean processOutput,
    boolean parseSpecial,
    boolean perplexity,
    Optional<String> dataset,
    Optional<ImportanceMatrix> resumeFrom,
    OptionalInt snapshotEvery,
    ImportanceListener snapshots,
    ProgressListener listener,
    CancellationToken cancellation) {

  public ImportanceOptions {
    require(context >= 8, "context", "at least 8 tokens", context);
    require(chunks.orElse(1) >= 1, "chunks", "at least 1", chunks.orElse(0));
    require(fromChunk >= 0, "fromChunk", "at least 0", fromChunk);
    require(snapshotEvery.orElse(1) >= 1, "snapshotEvery", "at least 1", snapshotEvery.orElse(0));
  }

  private static void require(boolean holds, String option, String rule, int value) {
    if (!holds) {
      throw Options.invalid(option, "must be " + rule + ", not " + value, "Correct the value.");
    }
  }

  /** Windows of 512 tokens over the whole text, with perplexity, without the output matrix. */
  public static ImportanceOptions defaults() {
    return new ImportanceOptions(
        512,
        OptionalInt.empty(),
        0,
        false,
        false,
        true,
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        ImportanceListener.NONE,
        ProgressListener.NONE,
        new CancellationToken());
  }

  public ImportanceOptions withContext(int tokens) {
    return changed(draft -> draft.context = tokens);
  }

  public ImportanceOptions withChunks(int most) {
    return changed(draft -> draft.chunks = OptionalInt.of(most));
  }

  public ImportanceOptions withFromChunk(int first) {
    return changed(draft -> draft.fromChunk = first);
  }

  public ImportanceOptions withProcessOutput(boolean value) {
    return changed(draft -> draft.processOutput = value);
  }

  public ImportanceOptions withParseSpecial(boolean value) {
    return changed(draft -> draft.parseSpecial = value);
  }

  public ImportanceOptions withPerplexity(boolean value) {
    return changed(draft -> draft.perplexity = value);
  }

  public ImportanceOptions withDataset(String name) {
    return changed(draft -> draft.dataset = Optional.of(name));
  }

  /**
   * Continues what was collected before. Of the same text, say with {@link #withFromChunk} how many
   * windows that has seen.
   */
  public ImportanceOptions withResumeFrom(ImportanceMatrix before) {
    return changed(draft -> draft.resumeFrom = Optional.of(before));
  }

  /** Hands out what was collected after every so many windows. */
  public ImportanceOptions withSnapshots(int everyChunks, ImportanceListener value) {
    return changed(draft -> {
      draft.snapshotEvery = OptionalInt.of(everyChunks);
      draft.snapshots = value;
    });
  }

  public ImportanceOptions withListener(ProgressListener value) {
    return changed(draft -> draft.listener = value);
  }

  public ImportanceOptions withCancellation(CancellationToken value) {
    return changed(draft -> draft.cancellation = value);
  }

  private ImportanceOptions changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.finish();
  }

  /** The values while one of them changes. */
  private static final class Draft {
    private int context;
    private OptionalInt chunks;
    private int fromChunk;
    private boolean processOutput;
    private boolean parseSpecial;
    private boolean perplexity;
    private Optional<String> dataset;
    private Optional<ImportanceMatrix> resumeFrom;
    private OptionalInt snapshotEvery;
    private ImportanceListener snapshots;
    private ProgressListener listener;
    private CancellationToken cancellation;

    Draft(ImportanceOptions from) {
      context = from.context;
      chunks = from.chunks;
      fromChunk = from.fromChunk;
      processOutput = from.processOutput;
      parseSpecial = from.parseSpecial;
      perplexity = from.perplexity;
      dataset = from.dataset;
      resumeFrom = from.resumeFrom;
      snapshotEvery = from.snapshotEvery;
      snapshots = from.snapshots;
      listener = from.listener;
      cancellation = from.cancellation;
    }

    ImportanceOptions finish() {
      return new ImportanceOptions(
          context,
          chunks,
          fromChunk,
          processOutput,
          parseSpecial,
          perplexity,
          dataset,
          resumeFrom,
          snapshotEvery,
          snapshots,
          listener,
          cancellation);
    }
  }
}
