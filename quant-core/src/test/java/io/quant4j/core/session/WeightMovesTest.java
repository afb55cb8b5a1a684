package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Progress;
import io.quant4j.api.ProgressListener;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.OperationCancelledException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.discovery.Extensions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told of weights on their way to devices. */
class WeightMovesTest {
  private static final long ROOMY = 1L << 40;

  private final Checkpoint checkpoint = Checkpoints.open(TinyNovels.directory());
  private final ModelArchitecture architecture =
      Extensions.installed()
          .architecture(checkpoint.metadata().architecture(), ErrorLocation.none());

  @AfterEach
  void close() {
    checkpoint.close();
  }

  /** Builds a decoder on devices with so much free memory. */
  private void move(LoadOptions options, ProgressListener listener, long... free) {
    ModelSize size = new ModelSize(checkpoint, 512, 16, Optional.empty(), Optional.empty());
    try (Compute compute = Compute.open(new FakeDevices(free), options, size)) {
      WeightMoves moves =
          new WeightMoves(CheckpointWeights.of(checkpoint, architecture), compute, listener);
      architecture.decoder(checkpoint.metadata(), moves, compute.placement());
      moves.finish();
    }
  }

  private long bytes(String name) {
    return checkpoint.tensors().stream()
        .filter(t -> t.info().name().contains(name))
        .mapToLong(t -> t.info().byteSize())
        .sum();
  }

  @Test
  void everyTensor_isToldWithBytesAndDevice() {
    List<Progress> told = new ArrayList<>();
    move(LoadOptions.defaults(), told::add, ROOMY, ROOMY);
    assertThat(told).hasSize(checkpoint.tensors().size() + 1);
    assertThat(told).allMatch(p -> p.phase().equals("move weights") && p.total() == bytes(""));
    assertThat(told.stream().map(Progress::done)).isSorted().startsWith(0L).endsWith(bytes(""));
    assertThat(told.stream().map(Progress::item))
        .contains(
            "model.layers.0.self_attn.q_proj.weight to fake (1 of 2)",
            "model.layers.5.mlp.down_proj.weight to fake (2 of 2)");
  }

  @Test
  void layersOnTheHost_areNotCounted() {
    List<Progress> told = new ArrayList<>();
    move(LoadOptions.defaults().withGpuLayers(1), told::add, ROOMY);
    // The embedding is the output matrix, too.
    long expected = bytes("layers.5.") + bytes("model.norm") + bytes("embed_tokens");
    assertThat(told.getLast().total()).isEqualTo(expected);
    assertThat(told.getLast().fraction()).isEqualTo(1);
    assertThat(told.stream().map(Progress::item)).noneMatch(item -> item.contains("layers.4."));
  }

  @Test
  void nothingOnDevices_tellsNothing() {
    List<Progress> told = new ArrayList<>();
    move(LoadOptions.defaults().withGpuLayers(0), told::add, ROOMY);
    assertThat(told).isEmpty();
  }

  @Test
  void cancelledBefore_loadsNothing() {
    CancellationToken cancellation = new CancellationToken();
    cancellation.cancel();
    LoadOptions options = LoadOptions.defaults().withCancellation(cancellation);
    assertThatThrownBy(() -> Model.load(TinyNovels.directory(), options))
        .isInstanceOf(OperationCancelledException.class);
  }
}
