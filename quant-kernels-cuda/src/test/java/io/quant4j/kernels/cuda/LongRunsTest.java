package io.quant4j.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.SequenceMemory;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What shows only after a while. Too long for the emulation, but for the openings. */
class LongRunsTest {
  private static final Path MODEL =
      Path.of(
          Objects.requireNonNull(System.getProperty("quant4j.root")),
          "examples/quickstart/models/tiny-novels");

  private static int largest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  @Test
  @Tag("gpu")
  void greedyTokens_areTheHostsOverTwoHundredSteps() {
    try (Model host = Model.load(MODEL, LoadOptions.defaults().withBackend("scalar"));
        Model device = Model.load(MODEL, LoadOptions.defaults().withBackend("cuda"));
        InferenceSession theirs = host.newSession();
        InferenceSession ours = device.newSession()) {
      int token = 300;
      for (int step = 0; step < 200; step++) {
        int expected = largest(theirs.evaluate(token));
        assertThat(largest(ours.evaluate(token))).as("step %d", step).isEqualTo(expected);
        token = expected;
      }
    }
  }

  @Test
  @Tag("emulation")
  void thousandOpenings_leaveNothingBehind() {
    open(1_000);
  }

  @Test
  @Tag("gpu")
  void fiftyOpenings_leaveNothingBehind() {
    open(50);
  }

  /** What is free is asked of the driver at each opening. */
  private static void open(int times) {
    CudaBackend backend = new CudaBackend();
    long first = 0;
    for (int i = 0; i < times; i++) {
      try (KernelSet.OnDevices devices = (KernelSet.OnDevices) backend.open()) {
        Device device = devices.devices().getFirst();
        first = i == 0 ? device.freeBytes() : first;
        assertThat(device.freeBytes()).as("opening %d", i).isEqualTo(first);
        SequenceMemory memory = device.operations().newMemory();
        memory.allocate(1_000);
        device.operations().load(new float[100]);
      }
    }
  }
}
