package io.quant4j.core.quantize;

import io.quant4j.api.FileSplit;
import io.quant4j.api.spi.Checkpoint;
import java.util.ArrayList;
import java.util.List;

/**
 * How many tensors each file of a split set gets. Files end where those of llama.cpp's {@code
 * llama-gguf-split} do (commit 34af94cd9ab2): tensors count with their size rounded up to 32 bytes,
 * in whatever way they are padded.
 */
final class FileSplitting {
  private static final long PADDING = 32;

  private FileSplitting() {}

  /**
   * The number of tensors of each file, in their order; empty for one file.
   *
   * @param plans in the order in which they are laid out
   */
  static List<Integer> tensorsPerFile(FileSplit split, List<TensorPlan> plans, Checkpoint source) {
    return switch (split) {
      case FileSplit.Single() -> List.of();
      case FileSplit.AsSource() -> asSource(plans, source);
      case FileSplit.MaxTensors(int most, boolean emptyFirst) -> {
        Files files = new Files(emptyFirst);
        for (int i = 0; i < plans.size(); i++) {
          files.add(i > 0 && i % most == 0);
        }
        yield files.counts;
      }
      case FileSplit.MaxBytes(long most, boolean emptyFirst) -> byBytes(plans, most, emptyFirst);
    };
  }

  private static List<Integer> byBytes(List<TensorPlan> plans, long most, boolean emptyFirst) {
    Files files = new Files(emptyFirst);
    long inFile = 0;
    for (TensorPlan plan : plans) {
      long bytes = Math.ceilDiv(plan.target().byteSize(), PADDING) * PADDING;
      boolean full = inFile > 0 && inFile + bytes > most;
      inFile = full ? bytes : inFile + bytes;
      files.add(full);
    }
    return files.counts;
  }

  /** The files of the source but those of which no tensor is left; the first has the metadata. */
  private static List<Integer> asSource(List<TensorPlan> plans, Checkpoint source) {
    Files files = new Files(false);
    int file = 0;
    for (TensorPlan plan : plans) {
      int of = plan instanceof TensorPlan.FromSource stored ? source.file(stored.source()) : file;
      files.add(of != file);
      file = of;
    }
    return files.counts.size() == 1 ? List.of() : files.counts;
  }

  /** Tensors of each file so far. */
  private static final class Files {
    final List<Integer> counts = new ArrayList<>();

    Files(boolean emptyFirst) {
      counts.add(0);
      if (emptyFirst) {
        counts.add(0);
      }
    }

    /** Adds a tensor, to a new file if wanted. */
    void add(boolean toNewFile) {
      if (toNewFile) {
        counts.add(0);
      }
      counts.set(counts.size() - 1, counts.getLast() + 1);
    }
  }
}
