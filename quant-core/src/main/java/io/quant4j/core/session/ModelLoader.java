package io.quant4j.core.session;

import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.Operations;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.discovery.Backends;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.core.kernel.HostOperations;
import io.quant4j.core.kernel.KernelTable;
import io.quant4j.core.kernel.ScalarBackend;
import io.quant4j.core.kernel.ThreadTeam;
import java.nio.file.Path;

/** Puts a model together: checkpoint, tokenizer, backend, decoder. */
public final class ModelLoader {
  private ModelLoader() {}

  /** See {@link Model#load(Path, LoadOptions)}. */
  public static Model load(Path path, LoadOptions options) {
    KernelBackend backend = Backends.choose(options.backend());
    Checkpoint checkpoint = Checkpoints.open(path);
    ThreadTeam team = null;
    Operations operations = null;
    try {
      ErrorLocation location = ErrorLocation.of(path);
      ModelMetadata metadata = checkpoint.metadata();
      Tokenizer tokenizer = tokenizer(checkpoint, location);
      ModelArchitecture architecture =
          Extensions.installed().architecture(metadata.architecture(), location);
      CheckpointWeights weights = CheckpointWeights.of(checkpoint, architecture);
      team =
          new ThreadTeam(
              options.threads().orElseGet(() -> Runtime.getRuntime().availableProcessors()));
      operations = operations(backend, team);
      return new LoadedModel(
          checkpoint,
          tokenizer,
          backend.name(),
          team,
          operations,
          architecture,
          weights,
          options.prefillBatch());
    } catch (RuntimeException | Error e) {
      if (operations != null) {
        operations.close();
      }
      if (team != null) {
        team.close();
      }
      checkpoint.close();
      throw e;
    }
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

  private static Operations operations(KernelBackend backend, ThreadTeam team) {
    return switch (backend.open()) {
      case KernelSet.OnDevice(Operations device) -> device;
      case KernelSet.OnHost(var kernels) ->
          new HostOperations(new KernelTable(kernels, ScalarBackend.kernels()), team);
    };
  }
}
