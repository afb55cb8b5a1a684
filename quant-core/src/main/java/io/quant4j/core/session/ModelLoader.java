package io.quant4j.core.session;

import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.ProgressListener;
import io.quant4j.api.Tokenizer;
import io.quant4j.api.WeightMemory;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.checkpoint.MappedTensors;
import io.quant4j.core.discovery.Backends;
import io.quant4j.core.discovery.Extensions;
import java.nio.file.Path;

/**
 * Puts a model together: checkpoint, tokenizer, backend, decoder. The backend is chosen beside the
 * opening of the checkpoint, the tokenizer made beside the opening of the backend.
 */
public final class ModelLoader {
  private ModelLoader() {}

  /** See {@link Model#load(Path, LoadOptions)}. */
  public static Model load(Path path, LoadOptions options) {
    options.cancellation().throwIfCancelled("loading");
    Beside<KernelBackend> backend =
        Beside.start("quant4j-backend", () -> Backends.choose(options.backend()));
    Checkpoint checkpoint = Checkpoints.open(path);
    MappedTensors mapped = MappedTensors.of(checkpoint);
    try {
      return mapped.read(() -> load(checkpoint, mapped, backend, options));
    } catch (RuntimeException | Error e) {
      mapped.close();
      checkpoint.close();
      throw e;
    }
  }

  private static LoadedModel load(
      Checkpoint checkpoint,
      MappedTensors mapped,
      Beside<KernelBackend> backend,
      LoadOptions options) {
    ProgressListener listener = stoppable(options);
    Compute compute = null;
    try {
      ErrorLocation location = ErrorLocation.of(checkpoint.path());
      ModelMetadata metadata = checkpoint.metadata();
      Beside<Tokenizer> tokenizer =
          Beside.start("quant4j-tokenizer", () -> tokenizer(checkpoint, location));
      ModelArchitecture architecture =
          Extensions.installed().architecture(metadata.architecture(), location);
      CheckpointWeights weights = CheckpointWeights.of(checkpoint, architecture);
      int context = Math.min(LoadedModel.DEFAULT_CONTEXT, metadata.contextLength());
      compute =
          Compute.open(
              backend.join(),
              options,
              new ModelSize(
                  checkpoint,
                  context,
                  options.prefillBatch(),
                  options.keyCache(),
                  options.valueCache()));
      Tokenizer complete = tokenizer.join(); // before weights move, which may take long
      if (options.weights() == WeightMemory.COPIED) {
        WeightCopies copies =
            WeightCopies.of(weights, compute.placement(), compute.team(), listener);
        compute = compute.releasing(copies::close);
        weights = copies.weights();
      }
      WeightMoves moves = new WeightMoves(weights, compute, listener);
      Decoder decoder = architecture.decoder(metadata, moves, compute.placement());
      moves.finish();
      return new LoadedModel(
          checkpoint, mapped, complete, compute, architecture, weights, decoder, options);
    } catch (RuntimeException | Error e) {
      if (compute != null) {
        compute.close();
      }
      throw e;
    }
  }

  /** The listener of the options, which ends the work when it is cancelled. */
  private static ProgressListener stoppable(LoadOptions options) {
    return progress -> {
      options.cancellation().throwIfCancelled("loading");
      options.listener().progressed(progress);
    };
  }

  private static Tokenizer tokenizer(Checkpoint checkpoint, ErrorLocation location) {
    TokenizerSpec spec =
        checkpoint
            .tokenizer()
            .orElseThrow(() ->
                new UnsupportedModelException(
                    location,
                    "the model has no tokenizer",
                    "A Hugging Face directory needs tokenizer.json or tokenizer.model."));
    int vocabulary = checkpoint.metadata().vocabularySize();
    if (spec.vocabulary().size() > vocabulary) {
      throw new MalformedModelException(
          location,
          "the tokenizer has %d entries, the embedding only %d rows"
              .formatted(spec.vocabulary().size(), vocabulary),
          "Tokenizer and weights are not of the same model; get both again.");
    }
    return Extensions.installed().tokenizer(spec.algorithm(), location).create(spec);
  }
}
