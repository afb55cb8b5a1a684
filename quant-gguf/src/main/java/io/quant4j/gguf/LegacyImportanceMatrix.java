package io.quant4j.gguf;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.spi.ImportanceMatrixFormat;
import io.quant4j.gguf.file.MappedFile;
import io.quant4j.gguf.file.PendingFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Importance matrices as llama.cpp wrote them before GGUF, customarily named {@code imatrix.dat}.
 * Little-endian:
 *
 * <pre>
 * int32 entries
 * for each: int32 bytes of the name, the name,
 *           int32 windows seen (w), int32 values,
 *           float32 values: mean squared activation of each column, times w
 * int32 windows seen in all                      } may
 * int32 bytes of the text's name, the name       } be missing
 * </pre>
 *
 * <p>The format has neither the length of a window nor counts of experts: experts that saw nothing
 * are written with means of 1, entries that saw nothing are left out.
 */
public final class LegacyImportanceMatrix implements ImportanceMatrixFormat {
  private static final String EXTENSION = ".dat";

  /** For the service loader. */
  public LegacyImportanceMatrix() {}

  @Override
  public String name() {
    return "dat";
  }

  /** By the first bytes, since the format has no magic number, or else by the extension. */
  @Override
  public boolean recognizes(Path path, byte[] head) {
    return LegacyReader.looksLikeOne(head)
        || (writes(path) && head.length > 0 && !new GgufReader().recognizes(path, head));
  }

  @Override
  public boolean writes(Path target) {
    Path name = target.getFileName();
    return name != null && name.toString().toLowerCase(Locale.ROOT).endsWith(EXTENSION);
  }

  @Override
  public ImportanceMatrix read(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      return new LegacyReader(file).read();
    }
  }

  @Override
  public void write(ImportanceMatrix matrix, Path target) {
    ImportanceChecks.requireEntries(matrix, target);
    LegacyEncoder encoder = new LegacyEncoder(matrix, target);
    byte[] bytes = encoder.encode();
    try (PendingFile file = PendingFile.create(target, bytes.length)) {
      file.write(0, MemorySegment.ofArray(bytes));
      file.finish();
      ImportanceChecks.requireSame(
          read(file.path()).entries().keySet().equals(encoder.names()), target);
      file.moveToTarget();
    }
  }
}
