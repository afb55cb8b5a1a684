package io.quant4j.kernels.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.DeviceException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceContextTest {
  private final FakeDriver fake = new FakeDriver();

  private DeviceContext open() {
    Cuda cuda = new Cuda(fake.driver());
    return DeviceContext.open(cuda, DeviceFacts.of(cuda, 0));
  }

  @Test
  void close_givesEverythingBackOnce() {
    DeviceContext context = open();
    context.memory().allocate(1);
    context.memory().allocate(1 << 20);
    context.module("ops").kernel("add");
    assertThat(fake.open.keySet()).contains("context", "stream", "memory", "module");

    context.close();
    context.close();

    assertThat(fake.open).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "9, 0, 12000, true",
    "9, 0, 13000, true",
    "9, 0, 11080, false",
    "8, 9, 13000, false",
    "10, 0, 13000, false"
  })
  void warpgroupProducts_areForOneCapabilityAndNewerDrivers(
      int major, int minor, int driver, boolean expected) {
    fake.capability(major, minor).version = driver;
    try (DeviceContext context = open()) {
      assertThat(context.hasWarpgroupProducts()).isEqualTo(expected);
    }
  }

  @Test
  void close_goesOnWhereSomethingFails() {
    DeviceContext context = open();
    context.memory().allocate(1);
    fake.failing("cuStreamSynchronize", 700);

    context.close();

    assertThat(fake.open).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"cuCtxPushCurrent_v2", "cuDriverGetVersion", "cuStreamCreate", "cuMemGetInfo_v2"})
  void failedOpening_leavesNothingOpen(String function) {
    fake.failing(function, 2);

    assertThatThrownBy(this::open)
        .isInstanceOf(DeviceException.class)
        .hasMessageContainingAll(function.replace("_v2", ""), "code 2", "CUDA_ERROR_2", "fault 2");
    assertThat(fake.open).isEmpty();
  }

  @Test
  void memory_beyondTheBudgetIsRefusedBeforeTheDriverIsAsked() {
    try (DeviceContext context = open()) {
      long budget = context.memory().freeBytes();
      assertThat(budget).isEqualTo(DeviceMemory.budget(fake.bytes)).isLessThan(fake.bytes);
      context.memory().allocate(1_000);
      assertThat(context.memory().freeBytes()).isEqualTo(budget - 1_024);
      int calls = fake.calls.size();

      assertThatThrownBy(() -> context.memory().allocate(budget))
          .isInstanceOf(DeviceException.class)
          .hasMessageContainingAll(
              "%,d".formatted(budget), "%,d".formatted(budget - 1_024), "Fake 0");
      assertThat(fake.calls).hasSize(calls);
    }
  }

  @Test
  void memory_isCountedUntilItIsFreed() {
    try (DeviceContext context = open()) {
      long first = context.memory().allocate(300);
      long second = context.memory().allocate(10);
      assertThat(context.memory().takenBytes()).isEqualTo(512 + 256);
      context.memory().free(first);
      context.memory().free(first);
      assertThat(context.memory().takenBytes()).isEqualTo(256);
      context.memory().free(second);
      assertThat(context.memory().takenBytes()).isZero();
    }
  }

  @Test
  void refusedModule_showsTheCompilersLog() {
    fake.answering(
        "cuModuleLoadDataEx",
        arguments -> {
          FakeDriver.log(arguments, "line 7: unknown instruction");
          return 218;
        });
    try (DeviceContext context = open()) {
      assertThatThrownBy(() -> context.module("ops"))
          .isInstanceOf(DeviceException.class)
          .hasMessageContainingAll("module ops", "code 218", "line 7: unknown instruction");
    }
  }

  @Test
  void unknownModule_isRefused() {
    try (DeviceContext context = open()) {
      assertThatThrownBy(() -> context.module("nothing"))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("module nothing");
    }
  }

  @Test
  void failedRecord_endsTheCaptureAndLeavesNothingOpen() {
    try (DeviceContext context = open()) {
      assertThatThrownBy(() ->
              context.stream()
                  .record(() -> {
                    throw new IllegalStateException("stop");
                  }))
          .hasMessage("stop");
      assertThat(fake.open).doesNotContainKeys("graph", "executable");
    }
  }

  @Test
  void record_mayNotExchangeValuesWithTheHost() {
    try (DeviceContext context = open()) {
      assertThatThrownBy(() -> context.stream().record(() -> context.stream().set(4_096, 1)))
          .isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void launch_ofNothingIsNoLaunch() {
    try (DeviceContext context = open();
        Launcher launcher = new Launcher(context)) {
      CudaModule module = context.module("ops");
      launcher.of(module, "add").pointer(0).launch(Grid.of(0, 256));
      assertThat(fake.calls).doesNotContain("cuLaunchKernel");
      launcher.of(module, "add").pointer(0).launch(Grid.of(1, 256));
      assertThat(fake.calls).contains("cuLaunchKernel");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ops, 9, 0, 12030, true",
    "ops, 10, 0, 13000, true",
    "ops, 9, 0, 12020, false",
    "ops, 8, 9, 13000, false",
    "gemm, 9, 0, 13000, false"
  })
  void launches_overlapWhereModuleDeviceAndDriverLetThem(
      String name, int major, int minor, int driver, boolean expected) {
    fake.capability(major, minor).version = driver;
    try (DeviceContext context = open();
        Launcher launcher = new Launcher(context)) {
      CudaModule module = context.module(name);
      assertThat(module.isOverlapping()).isEqualTo(expected);

      launcher.of(module, "any").pointer(0).launch(Grid.of(1, 256));

      assertThat(fake.calls.getLast()).isEqualTo(expected ? "cuLaunchKernelEx" : "cuLaunchKernel");
    }
  }

  @Test
  @SuppressWarnings("restricted") // the driver's side reads structures through bare pointers
  void overlappingLaunch_saysGridStreamAndThatItMayBeginEarly() {
    fake.capability(9, 0).version = 12_030;
    List<Integer> seen = new ArrayList<>();
    fake.answering(
        "cuLaunchKernelEx",
        arguments -> {
          MemorySegment config = ((MemorySegment) arguments[0]).reinterpret(56);
          for (int i = 0; i < 7; i++) {
            seen.add(config.getAtIndex(ValueLayout.JAVA_INT, i));
          }
          seen.add(config.get(ValueLayout.JAVA_INT, 48));
          MemorySegment attribute = config.get(ValueLayout.ADDRESS, 40).reinterpret(72);
          seen.add(attribute.get(ValueLayout.JAVA_INT, 0));
          seen.add(attribute.get(ValueLayout.JAVA_INT, 8));
          return 0;
        });
    try (DeviceContext context = open();
        Launcher launcher = new Launcher(context)) {
      launcher.of(context.module("ops"), "add").pointer(0).launch(new Grid(7, 5, 3, 128, 4_096));
    }
    assertThat(seen).containsExactly(7, 5, 3, 128, 1, 1, 4_096, 1, 6, 1);
  }

  @Test
  void device_isCurrentInItsTurnsOnly() {
    try (DeviceContext first = open();
        DeviceContext second = open()) {
      assertThat(fake.current).isEmpty();
      first.enter();
      second.enter();
      assertThat(fake.current).doesNotHaveDuplicates().hasSize(2);
      long inner = fake.current.getLast();
      second.leave();
      assertThat(fake.current).hasSize(1).doesNotContain(inner);
      first.leave();
      assertThat(fake.current).isEmpty();
    }
    assertThat(fake.current).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "8, 0, 166912, true",
    "8, 6, 101376, true",
    "12, 0, 101376, true",
    "8, 6, 101375, false",
    "7, 5, 65536, false",
    "7, 5, 166912, false"
  })
  void tensorCores_areForDevicesWithTheSharedMemory(
      int major, int minor, int sharedBytes, boolean expected) {
    fake.capability(major, minor).sharedBytes(sharedBytes);
    try (DeviceContext context = open()) {
      assertThat(context.facts().hasTensorCores()).isEqualTo(expected);
    }
  }

  @Test
  void memoryThatOthersHaveTaken_isRefusedWithBothNumbers() {
    try (DeviceContext context = open()) {
      fake.failing("cuMemAlloc_v2", 2).bytes = 77_777;

      assertThatThrownBy(() -> context.memory().allocate(1_000_000))
          .isInstanceOf(DeviceException.class)
          .hasMessageContainingAll("1,000,192", "77,777", "Fake 0", "fewer layers");
      assertThat(context.memory().takenBytes()).isZero();
    }
  }

  @Test
  void hostMemoryThatCannotBePinned_isRefusedWithItsSize() {
    fake.failing("cuMemHostAlloc", 2);
    try (DeviceContext context = open()) {
      assertThatThrownBy(() -> context.newHostMemory(16 << 20))
          .isInstanceOf(DeviceException.class)
          .hasMessageContainingAll("16,777,216", "ulimit -l");
      assertThat(context.hostBytes()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "221, libnvidia-ptxjitcompiler",
    "223, CUDA_DISABLE_PTX_JIT",
    "2, fewer layers",
    "222, CUDA 11.4"
  })
  void refusedModule_namesWhatHelps(int code, String remedy) {
    fake.failing("cuModuleLoadDataEx", code);
    try (DeviceContext context = open()) {
      assertThatThrownBy(() -> context.module("ops"))
          .isInstanceOf(DeviceException.class)
          .hasMessageContainingAll("code " + code, remedy);
    }
  }

  @Test
  void failureThatTheDriverGivesUpARecordFor_isTheOneThatIsTold() {
    fake.failing("cuStreamEndCapture", 901);
    try (DeviceContext context = open()) {
      assertThatThrownBy(() ->
              context.stream()
                  .record(() -> {
                    throw new IllegalStateException("stop");
                  }))
          .hasMessage("stop");
    }
  }

  @Test
  void sharedMemoryThatWasRefused_isAskedForAgain() {
    try (DeviceContext context = open()) {
      CudaModule module = context.module("gemm_mma");
      fake.failing("cuFuncSetAttribute", 1);
      assertThatThrownBy(() -> module.kernel("gemm_f16", 65_536))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("cuFuncSetAttribute gemm_mma.gemm_f16");
      assertThatThrownBy(() -> module.kernel("gemm_f16", 65_536))
          .isInstanceOf(DeviceException.class);
    }
  }
}
