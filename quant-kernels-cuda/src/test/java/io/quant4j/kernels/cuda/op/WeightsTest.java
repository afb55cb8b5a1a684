package io.quant4j.kernels.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.DeviceException;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.kernels.cuda.driver.DriverProbe;
import io.quant4j.kernels.cuda.driver.FakeDriver;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long matrices keep device memory. */
class WeightsTest {
  private static final int ROWS = 64;
  private static final int COLS = 128;

  private final FakeDriver fake = new FakeDriver();
  private final KernelSet.OnDevices devices = open();
  private final Operations operations = devices.devices().getFirst().operations();

  private KernelSet.OnDevices open() {
    DriverProbe.Found found = DriverProbe.probe(fake.driver());
    return CudaDevices.open(found.cuda().orElseThrow(), found.devices());
  }

  /** So that scratch memory is there. */
  @BeforeEach
  void bindOnce() {
    operations.bind(matrix(Arena.ofAuto()));
  }

  @AfterEach
  void close() {
    devices.close();
    assertThat(fake.open).isEmpty();
  }

  private static TensorView matrix(Arena arena) {
    return new TensorView(
        new FormatId("Q4_0"), Shape.of(ROWS, COLS), arena.allocate(ROWS * COLS / 32 * 18L));
  }

  /** As when every matrix of a model is tried in another format, one after the other. */
  @Test
  void matrixOfMemoryThatHasEnded_givesItsDeviceMemoryToTheNext() {
    for (int i = 0; i < 3; i++) {
      int before = fake.memory.size();
      try (Arena arena = Arena.ofShared()) {
        operations.bind(matrix(arena));
        operations.bindExperts(List.of(matrix(arena), matrix(arena)));
        assertThat(fake.memory).hasSizeGreaterThanOrEqualTo(i == 0 ? before + 2 : before);
      }
      operations.bind(matrix(Arena.global()));
    }
    // of the first test's matrix, scratch, three that live on
    assertThat(fake.memory).hasSize(5);
  }

  @Test
  void refusedUpload_keepsNoDeviceMemory() {
    int before = fake.memory.size();
    fake.failing("cuMemcpyHtoDAsync_v2", 1);

    assertThatThrownBy(() -> operations.bind(matrix(Arena.ofAuto())))
        .isInstanceOf(DeviceException.class);

    assertThat(fake.memory).hasSize(before);
  }
}
