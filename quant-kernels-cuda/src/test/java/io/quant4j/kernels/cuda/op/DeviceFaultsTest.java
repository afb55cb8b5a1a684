package io.quant4j.kernels.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.DeviceException;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Pass;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.kernels.cuda.driver.DriverProbe;
import io.quant4j.kernels.cuda.driver.FakeDriver;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of devices, sequences and memory when the driver reports a fault. */
class DeviceFaultsTest {
  private final FakeDriver fake = new FakeDriver();

  private KernelSet.OnDevices open() {
    DriverProbe.Found found = DriverProbe.probe(fake.driver());
    return CudaDevices.open(found.cuda().orElseThrow(), found.devices());
  }

  private static void read(Operations operations, Buffer buffer) {
    operations.read(buffer, 0, new float[1], 0, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {700, 702, 715, 716, 719, 214})
  void faultThatEndsTheContext_endsTheUseOfTheDeviceUntilItIsClosed(int code) {
    KernelSet.OnDevices devices = open();
    Operations operations = devices.devices().getFirst().operations();
    SequenceMemory memory = operations.newMemory();
    Buffer buffer = memory.allocate(100);
    fake.failingAlways(code);
    assertThatThrownBy(() -> read(operations, buffer)).hasMessageContaining("code " + code);
    int calls = fake.calls.size();

    assertThatThrownBy(() -> operations.add(buffer, buffer))
        .isInstanceOf(DeviceException.class)
        .hasMessageContainingAll("out of use since cu", "code " + code);
    assertThat(fake.calls).as("calls to a driver that refuses all").hasSize(calls);

    memory.close();
    devices.close();
    assertThat(fake.open)
        .as("a context takes with it what the driver keeps")
        .doesNotContainKey("context");
    assertThat(fake.current).isEmpty();

    fake.failingAlways(0);
    try (KernelSet.OnDevices again = open()) {
      Operations anew = again.devices().getFirst().operations();
      read(anew, anew.load(new float[1]));
    }
  }

  @Test
  void faultThatPasses_leavesTheDeviceInUse() {
    try (KernelSet.OnDevices devices = open()) {
      Operations operations = devices.devices().getFirst().operations();
      Buffer buffer = operations.load(new float[1]);
      fake.failing("cuLaunchKernel", 701);
      assertThatThrownBy(() -> operations.add(buffer, buffer)).hasMessageContaining("code 701");
      fake.working("cuLaunchKernel");

      operations.add(buffer, buffer);
    }
    assertThat(fake.open).isEmpty();
  }

  @Test
  void deviceThatCannotBeEntered_canBeClosedByOtherThreads() {
    KernelSet.OnDevices devices = open();
    Operations operations = devices.devices().getFirst().operations();
    fake.failing("cuCtxPushCurrent_v2", 201);
    assertThatThrownBy(() -> operations.load(new float[1])).isInstanceOf(DeviceException.class);
    fake.working("cuCtxPushCurrent_v2");

    assertThat(CompletableFuture.runAsync(devices::close).orTimeout(10, TimeUnit.SECONDS))
        .succeedsWithin(Duration.ofSeconds(10));
    assertThat(fake.open).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuStreamSynchronize",
        "cuEventDestroy_v2",
        "cuMemFreeHost",
        "cuMemFree_v2",
        "cuModuleUnload",
        "cuStreamDestroy_v2",
        "cuCtxPushCurrent_v2"
      })
  void closing_goesOnWhereSomethingFails(String function) {
    KernelSet.OnDevices devices = open();
    Operations operations = devices.devices().getFirst().operations();
    SequenceMemory memory = operations.newMemory();
    Buffer buffer = memory.allocate(1);
    operations.add(buffer, operations.load(new float[1]));
    int[] calls = {0};
    fake.answering(function, _ -> calls[0]++ == 0 ? 1 : 0);

    memory.close();
    devices.close();
    devices.close();

    assertThat(calls[0]).isPositive();
    assertThat(fake.open).doesNotContainKey("context");
    assertThat(fake.open.values().stream().mapToInt(Integer::intValue).sum())
        .as("all but what failed: %s", fake.open)
        .isLessThanOrEqualTo(1);
  }

  /** Of the memory of a pass, or of its choice of experts, when a larger one is refused. */
  @Test
  void passAfterARefusedOne_usesMemoryThatIsThere() {
    try (KernelSet.OnDevices devices = open()) {
      Operations operations = devices.devices().getFirst().operations();
      SequenceMemory memory = operations.newMemory();
      Buffer logits = memory.allocate(4 * 100);
      run(operations, memory, logits, 1);
      fake.failing("cuMemAlloc_v2", 2);
      assertThat(catchThrowable(() -> run(operations, memory, logits, 100)))
          .isInstanceOf(DeviceException.class);
      fake.working("cuMemAlloc_v2")
          .answering(
              "cuMemcpyHtoDAsync_v2",
              arguments -> {
                assertThat(fake.memory).contains((long) arguments[0]);
                return 0;
              });

      run(operations, memory, logits, 1);
      run(operations, memory, logits, 2);
    }
  }

  private static void run(Operations operations, SequenceMemory memory, Buffer logits, int count) {
    operations.run(
        memory,
        new Pass(new int[count], 0, count, 0, 1),
        () -> operations.chooseExperts(logits.slice(0, 4L * count), 2, true, count));
  }

  @Test
  void choiceOfExpertsAfterARefusedOne_usesMemoryThatIsThere() {
    try (KernelSet.OnDevices devices = open()) {
      CudaOperations operations = (CudaOperations) devices.devices().getFirst().operations();
      CudaSequence memory = (CudaSequence) operations.newMemory();
      memory.begin(new Pass(new int[1], 0, 1, 0, 1));
      memory.nextChoice(operations, 1, 2);
      memory.begin(new Pass(new int[1], 0, 1, 0, 1));
      fake.failing("cuMemAlloc_v2", 2);
      assertThatThrownBy(() -> memory.nextChoice(operations, 100, 2))
          .isInstanceOf(DeviceException.class);
      fake.working("cuMemAlloc_v2");

      memory.begin(new Pass(new int[1], 0, 1, 0, 1));
      assertThat(fake.memory).contains(memory.nextChoice(operations, 1, 2).memory());
    }
  }

  @Test
  void failedStaging_leavesNothingBehind() {
    for (String function : List.of("cuMemHostAlloc", "cuEventCreate", "cuMemcpyHtoDAsync_v2")) {
      fake.failing(function, 1);
      KernelSet.OnDevices devices = open();
      Operations operations = devices.devices().getFirst().operations();
      assertThatThrownBy(() -> operations.load(new float[1]))
          .as(function)
          .isInstanceOf(DeviceException.class)
          .hasMessageContainingAll(function.replace("_v2", ""), "code 1");
      fake.working(function);
      devices.close();
      assertThat(fake.open).as(function).isEmpty();
    }
  }

  @Test
  void deviceThatAnotherProcessHas_isLeftOut() {
    fake.devices = 3;
    fake.answering("cuDevicePrimaryCtxRetain", arguments -> (int) arguments[1] == 1 ? 46 : 0);
    try (KernelSet.OnDevices devices = open()) {
      assertThat(devices.devices()).extracting(Device::name).containsExactly("Fake 0", "Fake 2");
    }
    assertThat(fake.open).isEmpty();
  }

  @Test
  void devicesThatOtherProcessesHave_areRefusedWithWhatHelps() {
    fake.devices = 2;
    fake.failing("cuDevicePrimaryCtxRetain", 46);

    assertThatThrownBy(this::open)
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContainingAll("code 46", "nvidia-smi -c DEFAULT");
    assertThat(fake.open).isEmpty();
  }

  /** All kernels but those for tensor cores need no more than any device has. */
  @ParameterizedTest
  @ValueSource(ints = {101_376, 65_536})
  void deviceWithLittleSharedMemory_takesTheOtherKernels(int sharedBytes) {
    fake.capability(8, 6).sharedBytes(sharedBytes);
    try (KernelSet.OnDevices devices = open()) {
      Operations operations = devices.devices().getFirst().operations();
      MemorySegment blocks = MemorySegment.ofArray(new byte[64 * 4 * 18]);
      operations.bind(new TensorView(new FormatId("Q4_0"), Shape.of(64, 128), blocks));
    }
    assertThat(fake.modules)
        .containsExactly(sharedBytes == 101_376 ? "weights_q4_0_mma" : "weights_q4_0");
  }

  @Test
  void devices_leaveTheThreadAsItWas() {
    fake.devices = 2;
    try (KernelSet.OnDevices devices = open()) {
      Operations first = devices.devices().get(0).operations();
      Operations second = devices.devices().get(1).operations();
      SequenceMemory memory = first.newMemory();
      first.run(
          memory,
          new Pass(new int[2], 0, 2, 0, 1),
          () -> {
            long outer = fake.current.getLast();
            second.load(new float[1]);
            assertThat(fake.current.getLast()).isEqualTo(outer);
          });
      assertThat(fake.current).isEmpty();
    }
    assertThat(fake.current).isEmpty();
  }
}
