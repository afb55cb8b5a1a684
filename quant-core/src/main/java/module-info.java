import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.api.spi.TokenizerFactory;
import io.quant4j.core.algorithm.RoundToNearest;
import org.jspecify.annotations.NullMarked;

/** The engine behind the Quant4J API. Only the formats are exported, for kernels to share. */
@NullMarked
module io.quant4j.core {
  requires transitive io.quant4j.api;
  requires org.slf4j;
  requires tools.jackson.core;
  requires static org.jspecify;

  uses BlockFormat;
  uses CheckpointReader;
  uses CheckpointWriter;
  uses KernelBackend;
  uses ModelArchitecture;
  uses QuantizationAlgorithm;
  uses TokenizerFactory;

  provides QuantizationAlgorithm with
      RoundToNearest;
}
