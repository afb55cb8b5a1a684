import io.quant4j.gguf.GgufImportanceMatrix;
import io.quant4j.gguf.GgufReader;
import io.quant4j.gguf.GgufWriter;
import io.quant4j.gguf.LegacyImportanceMatrix;
import org.jspecify.annotations.NullMarked;

/** The GGUF container. */
@NullMarked
module io.quant4j.gguf {
  requires io.quant4j.api;
  requires static org.jspecify;

  provides io.quant4j.api.spi.CheckpointReader with
      GgufReader;
  provides io.quant4j.api.spi.CheckpointWriter with
      GgufWriter;
  provides io.quant4j.api.spi.ImportanceMatrixFormat with
      GgufImportanceMatrix,
      LegacyImportanceMatrix;
}
