import io.quant4j.gguf.GgufReader;
import io.quant4j.gguf.GgufWriter;
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
}
