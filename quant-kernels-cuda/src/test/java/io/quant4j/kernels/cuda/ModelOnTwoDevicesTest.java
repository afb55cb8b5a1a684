package io.quant4j.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.GenerationOptions;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Progress;
import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.KernelSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A model that is loaded where there are two devices uses both and gives both back. */
@Tag("two-devices")
class ModelOnTwoDevicesTest {
  private static final Path MODEL =
      Path.of(
          Objects.requireNonNull(System.getProperty("quant4j.root")),
          "examples/quickstart/models/tiny-novels");

  private static List<Long> free() {
    try (KernelSet.OnDevices asked = (KernelSet.OnDevices) new CudaBackend().open()) {
      return asked.devices().stream().map(Device::freeBytes).toList();
    }
  }

  @Test
  void generatedText_isTheHosts() {
    List<Long> before = free();
    List<Progress> told = new ArrayList<>();
    LoadOptions options = LoadOptions.defaults().withBackend("cuda").withListener(told::add);
    GenerationOptions greedy = GenerationOptions.greedy().withMaxTokens(8);
    String expected;
    try (Model host = Model.load(MODEL, LoadOptions.defaults().withBackend("scalar"));
        InferenceSession session = host.newSession()) {
      expected = session.generate("The old man", greedy).text();
    }
    try (Model device = Model.load(MODEL, options);
        InferenceSession session = device.newSession()) {
      assertThat(session.generate("The old man", greedy).text()).isEqualTo(expected);
    }
    assertThat(told.stream().map(Progress::item))
        .anyMatch(item -> item.endsWith("(1 of 2)"))
        .anyMatch(item -> item.endsWith("(2 of 2)"));
    assertThat(free()).isEqualTo(before);
  }
}
