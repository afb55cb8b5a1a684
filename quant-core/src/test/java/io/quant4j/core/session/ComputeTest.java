package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.LoadOptions;
import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.DeviceException;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.SequenceShape;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.core.kernel.ScalarBackend;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A model whose layers are spread over host and devices computes what it computes in one place. */
class ComputeTest {
  private static final long ROOMY = 1L << 40;

  private final Checkpoint checkpoint = Checkpoints.open(TinyNovels.directory());

  @AfterEach
  void close() {
    checkpoint.close();
  }

  private ModelSize size() {
    return new ModelSize(checkpoint, 512, 16, Optional.empty(), Optional.empty());
  }

  /** Logits after a prompt and three tokens. */
  private float[] logits(Compute compute) {
    ModelArchitecture architecture =
        Extensions.installed()
            .architecture(checkpoint.metadata().architecture(), ErrorLocation.none());
    Decoder decoder =
        architecture.decoder(
            checkpoint.metadata(),
            CheckpointWeights.of(checkpoint, architecture),
            compute.placement());
    float[] logits = new float[checkpoint.metadata().vocabularySize()];
    SequenceShape shape = new SequenceShape(64, 16, Optional.empty(), Optional.empty(), true);
    try (DecoderState state = decoder.newState(shape)) {
      decoder.forward(state, new int[] {300, 9, 77, 1_000, 5}, 0, 5, 0, logits);
      for (int token : new int[] {301, 302, 303}) {
        decoder.forward(state, new int[] {token}, 0, 1, 1, logits);
      }
    }
    return logits;
  }

  private float[] onHost() {
    try (Compute compute = Compute.open(new ScalarBackend(), LoadOptions.defaults(), size())) {
      return logits(compute);
    }
  }

  private static long stages(Compute compute, int layers) {
    return IntStream.range(0, layers).mapToObj(compute.placement()::layer).distinct().count();
  }

  @Test
  void twoDevices_giveTheLogitsOfOnePlace() {
    FakeDevices devices = new FakeDevices(ROOMY, ROOMY);
    try (Compute compute = Compute.open(devices, LoadOptions.defaults(), size())) {
      assertThat(stages(compute, 6)).isEqualTo(2);
      assertThat(logits(compute)).isEqualTo(onHost());
    }
    assertThat(devices.opened).hasSize(2).allMatch(d -> d.closed);
  }

  @Test
  void devicesThatCannotBeHad_areReplacedByTheHostUnlessSomebodyInsists() {
    try (Compute compute = Compute.open(new FakeDevices(), LoadOptions.defaults(), size())) {
      assertThat(compute.backend()).isNotEqualTo("fake");
      assertThat(compute.devices()).isEmpty();
      assertThat(stages(compute, 6)).isEqualTo(1);
    }
    LoadOptions insisting = LoadOptions.defaults().withBackend("fake");
    assertThatThrownBy(() -> Compute.open(new FakeDevices(), insisting, size()))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("others have all devices");
  }

  @Test
  void layersLeftOnTheHost_giveTheLogitsOfOnePlace() {
    FakeDevices devices = new FakeDevices(ROOMY, ROOMY);
    LoadOptions options = LoadOptions.defaults().withGpuLayers(4).withThreads(1);
    try (Compute compute = Compute.open(devices, options, size())) {
      assertThat(stages(compute, 6)).isEqualTo(3);
      float[] expected = onHost();
      float[] actual = logits(compute);
      // The host's own layers may run on faster kernels, which round otherwise.
      float largest = 0;
      for (float logit : expected) {
        largest = Math.max(largest, Math.abs(logit));
      }
      for (int i = 0; i < actual.length; i++) {
        assertThat(Math.abs(actual[i] - expected[i])).isLessThan(1e-4f * largest);
      }
    }
  }

  @Test
  void smallDevice_getsTheLastLayersOnly() {
    long all = size().on(new FakeDevices.FakeDevice(0)).bytes(6);
    FakeDevices devices = new FakeDevices(all / 2);
    try (Compute compute = Compute.open(devices, LoadOptions.defaults(), size())) {
      assertThat(compute.placement().layer(5)).isSameAs(devices.opened.getFirst().operations());
      assertThat(compute.placement().layer(0)).isNotSameAs(devices.opened.getFirst().operations());
      for (float logit : logits(compute)) {
        assertThat(logit).isFinite();
      }
    }
  }

  @Test
  void layersThatDoNotFit_areRefusedAndDevicesClosed() {
    FakeDevices devices = new FakeDevices(1_000);
    LoadOptions options = LoadOptions.defaults().withGpuLayers(6);
    assertThatThrownBy(() -> Compute.open(devices, options, size()))
        .isInstanceOf(DeviceException.class)
        .hasMessageContainingAll("6 layers", "1,000 are free");
    assertThat(devices.opened).allMatch(d -> d.closed);
  }
}
