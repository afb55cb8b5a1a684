package io.quant4j.bench.speed;

import io.quant4j.api.Quant4J;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a dense model asks of the machine. The embedding counts if it is the output matrix, too.
 *
 * @param fileBytes size of the file
 * @param weightBytes stored bytes of all matrices that a token is multiplied with
 * @param weights their elements
 */
public record ModelWork(long fileBytes, long weightBytes, long weights) {

  /** Reads the directory of a file. */
  public static ModelWork of(Path file) throws IOException {
    try (Checkpoint checkpoint = Quant4J.open(file)) {
      List<StoredTensor> tensors = checkpoint.tensors();
      boolean tied = tensors.stream().noneMatch(tensor -> is(Kind.OUTPUT, tensor));
      List<StoredTensor> multiplied =
          tensors.stream()
              .filter(tensor -> tensor.role().map(role -> role.kind().matrix()).orElse(false))
              .filter(tensor -> tied || !is(Kind.TOKEN_EMBEDDING, tensor))
              .toList();
      return new ModelWork(
          Files.size(file),
          multiplied.stream().mapToLong(tensor -> tensor.info().byteSize()).sum(),
          multiplied.stream().mapToLong(tensor -> tensor.info().shape().elements()).sum());
    }
  }

  private static boolean is(Kind kind, StoredTensor tensor) {
    return tensor.role().map(role -> role.kind() == kind).orElse(false);
  }

  /** Floating-point operations for a token: a multiplication and an addition for each weight. */
  public double flopsPerToken() {
    return 2.0 * weights;
  }
}
