package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.BackendReport;
import io.quant4j.api.spi.Availability;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelOptionsTest {
  private static final BackendReport SCALAR =
      new BackendReport("scalar", 0, new Availability.Usable("plain Java"));
  private static final BackendReport NO_VECTOR =
      new BackendReport(
          "vector", 100, new Availability.Unusable("no module", "Add --add-modules x."));
  private static final BackendReport VECTOR =
      new BackendReport("vector", 100, new Availability.Usable("512 bits"));
  private static final BackendReport NO_CUDA =
      new BackendReport("cuda", 200, new Availability.Unusable("no driver", "Install one."));

  @Test
  void referenceBackend_isNotedWithTheRemedy() {
    assertThat(ModelOptions.slowerThanNeeded("scalar", List.of(NO_VECTOR, SCALAR)))
        .hasValue(
            "running on the slow backend 'scalar'. 'vector' is unusable: no module."
                + " Add --add-modules x.");
  }

  @Test
  void fastBackend_isNotNoted() {
    assertThat(ModelOptions.slowerThanNeeded("vector", List.of(NO_CUDA, VECTOR, SCALAR))).isEmpty();
  }

  @Test
  void onlyBackendInstalled_isNotNoted() {
    assertThat(ModelOptions.slowerThanNeeded("scalar", List.of(SCALAR))).isEmpty();
  }
}
