package io.quant4j.gguf;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.ImportanceMatrixFormat;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.gguf.file.FileLayout;
import io.quant4j.gguf.file.GgufFile;
import io.quant4j.gguf.file.GgufTensor;
import io.quant4j.gguf.file.PendingFile;
import io.quant4j.gguf.file.TensorType;
import io.quant4j.gguf.mapping.ImportanceKeys;
import io.quant4j.gguf.mapping.TensorTypes;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Importance matrices as GGUF files: for each weight, in order of names, the F32 tensors {@code
 * <weight>.in_sum2} (matrices, cols) and {@code <weight>.counts} (matrices, 1). Written byte for
 * byte as upstream does (tools/imatrix/imatrix.cpp, commit 34af94cd9ab2).
 */
public final class GgufImportanceMatrix implements ImportanceMatrixFormat {
  /** End of the names of tensors that hold sums of squares. */
  static final String SUMS = ".in_sum2";

  /** End of the names of tensors that hold counts. */
  static final String COUNTS = ".counts";

  static final TensorType F32 = TensorTypes.of(new FormatId("F32")).orElseThrow();

  /** For the service loader. */
  public GgufImportanceMatrix() {}

  @Override
  public String name() {
    return GgufReader.NAME;
  }

  /** By the first bytes, or by the extension, as models of the container are recognized. */
  @Override
  public boolean recognizes(Path path, byte[] head) {
    return new GgufReader().recognizes(path, head);
  }

  @Override
  public boolean writes(Path target) {
    return GgufReader.hasExtension(target);
  }

  @Override
  public ImportanceMatrix read(Path path) {
    try (GgufFile file = GgufFile.open(path, TensorTypes::byId)) {
      ImportanceKeys keys = ImportanceKeys.read(file);
      return new ImportanceMatrix(
          keys.datasets(),
          keys.chunks(),
          keys.chunkTokens(),
          new ImportanceTensors(file).entries());
    }
  }

  @Override
  public void write(ImportanceMatrix matrix, Path target) {
    requireChunks(matrix, target);
    List<FileLayout.Entry> directory = new ArrayList<>();
    List<float[]> data = new ArrayList<>();
    matrix
        .entries()
        .forEach((name, entry) -> {
          directory.add(tensor(target, name + SUMS, entry.matrices(), entry.cols()));
          data.add(entry.sums());
          directory.add(tensor(target, name + COUNTS, entry.matrices(), 1));
          data.add(entry.counts());
        });
    ImportanceKeys keys =
        new ImportanceKeys(matrix.datasets(), matrix.chunks(), matrix.chunkTokens());
    FileLayout layout = FileLayout.of(keys.toValues(), directory);
    try (PendingFile file = PendingFile.create(target, layout.byteSize())) {
      file.write(0, MemorySegment.ofArray(layout.header()));
      for (int i = 0; i < data.size(); i++) {
        long position = layout.header().length + layout.tensors().get(i).offset();
        file.write(position, MemorySegment.ofArray(FloatBytes.of(data.get(i))));
      }
      file.finish();
      ImportanceChecks.requireSame(read(file.path()).equals(matrix), target);
      file.moveToTarget();
    }
  }

  private static void requireChunks(ImportanceMatrix matrix, Path target) {
    ImportanceChecks.requireEntries(matrix, target);
    if (matrix.chunkTokens() == 0) {
      throw new InvalidRequestException(
          ErrorLocation.of(target, "chunkTokens"),
          "the importance matrix does not know how many tokens its windows have",
          "State it with withChunkTokens; llama-imatrix uses 512 unless told otherwise.");
    }
  }

  private static FileLayout.Entry tensor(Path target, String name, int rows, int cols) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > GgufTensor.MAX_NAME_BYTES) {
      throw new UnsupportedModelException(
          ErrorLocation.of(target, name),
          "the name has %d bytes, more than the %d of a GGUF file"
              .formatted(bytes, GgufTensor.MAX_NAME_BYTES),
          "Write the legacy format, which has no such limit.");
    }
    Shape shape = Shape.of(rows, cols);
    return new FileLayout.Entry(name, F32, shape, F32.byteSize(shape.elements()));
  }
}
