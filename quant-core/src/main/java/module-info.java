import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.EngineProvider;
import io.quant4j.api.spi.ImportanceMatrixFormat;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.MappedMemoryWatcher;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.api.spi.TokenizerFactory;
import org.jspecify.annotations.NullMarked;

/** The engine behind the Quant4J API. Only the formats are exported, for kernels to share. */
@NullMarked
module io.quant4j.core {
  requires transitive io.quant4j.api;
  requires org.slf4j;
  requires tools.jackson.core;
  requires static org.jspecify;

  exports io.quant4j.core.format;

  uses BlockFormat;
  uses CheckpointReader;
  uses CheckpointWriter;
  uses ImportanceMatrixFormat;
  uses KernelBackend;
  uses MappedMemoryWatcher;
  uses ModelArchitecture;
  uses QuantizationAlgorithm;
  uses TokenizerFactory;

  provides EngineProvider with
      io.quant4j.core.CoreEngine;
  provides CheckpointReader with
      io.quant4j.core.checkpoint.HuggingFaceReader;
  provides KernelBackend with
      io.quant4j.core.kernel.ScalarBackend;
  provides ModelArchitecture with
      io.quant4j.core.model.Gemma,
      io.quant4j.core.model.Gemma2,
      io.quant4j.core.model.Gemma3,
      io.quant4j.core.model.Llama,
      io.quant4j.core.model.Phi3,
      io.quant4j.core.model.Qwen2,
      io.quant4j.core.model.Qwen2Moe,
      io.quant4j.core.model.Qwen3,
      io.quant4j.core.model.Qwen3Moe;
  provides BlockFormat with
      io.quant4j.core.format.F32,
      io.quant4j.core.format.F16,
      io.quant4j.core.format.BF16,
      io.quant4j.core.format.Q8_0,
      io.quant4j.core.format.Q4_0,
      io.quant4j.core.format.Q4_K,
      io.quant4j.core.format.Q5_K,
      io.quant4j.core.format.Q6_K,
      io.quant4j.core.format.Q4_1,
      io.quant4j.core.format.Q5_0,
      io.quant4j.core.format.Q5_1,
      io.quant4j.core.format.Q2_K,
      io.quant4j.core.format.Q3_K,
      io.quant4j.core.format.IQ1_S,
      io.quant4j.core.format.IQ1_M,
      io.quant4j.core.format.IQ2_XXS,
      io.quant4j.core.format.IQ2_XS,
      io.quant4j.core.format.IQ2_S,
      io.quant4j.core.format.IQ3_XXS,
      io.quant4j.core.format.IQ3_S,
      io.quant4j.core.format.IQ4_NL,
      io.quant4j.core.format.IQ4_XS,
      io.quant4j.core.format.MXFP4,
      io.quant4j.core.format.NVFP4,
      io.quant4j.core.format.Q1_0,
      io.quant4j.core.format.Q2_0,
      io.quant4j.core.format.TQ1_0,
      io.quant4j.core.format.TQ2_0,
      io.quant4j.core.format.F64,
      io.quant4j.core.format.I8,
      io.quant4j.core.format.I16,
      io.quant4j.core.format.I32,
      io.quant4j.core.format.I64;
  provides QuantizationAlgorithm with
      io.quant4j.core.algorithm.Optimal,
      io.quant4j.core.algorithm.RoundToNearest;
  provides TokenizerFactory with
      io.quant4j.core.tokenizer.ByteLevelBpe,
      io.quant4j.core.tokenizer.SentencePieceBpe;
}
