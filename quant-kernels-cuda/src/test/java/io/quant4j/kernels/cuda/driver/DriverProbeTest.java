package io.quant4j.kernels.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.Availability;
import io.quant4j.kernels.cuda.driver.DriverProbe.Found;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the backend says of every state that a driver can be in. */
class DriverProbeTest {

  private static String refusal(FakeDriver fake) {
    Found found = DriverProbe.probe(fake.driver());
    assertThat(found.cuda()).isEmpty();
    assertThat(found.devices()).isEmpty();
    assertThat(fake.open).isEmpty();
    assertThat(found.availability()).isInstanceOf(Availability.Unusable.class);
    return found.availability().toString();
  }

  @Test
  void device_isDescribed() {
    Found found = DriverProbe.probe(new FakeDriver().driver());

    assertThat(found.availability())
        .isEqualTo(new Availability.Usable("Fake 0, driver 12.2, 8.0 GiB"));
    assertThat(found.devices())
        .containsExactly(new DeviceFacts(0, "Fake 0", 80, 7, 227 << 10, 8L << 30));
  }

  @Test
  void devices_areAllDescribed() {
    FakeDriver fake = new FakeDriver();
    fake.devices = 2;
    fake.bytes = 139L << 30;

    assertThat(DriverProbe.probe(fake.driver()).availability())
        .isEqualTo(
            new Availability.Usable("Fake 0, driver 12.2, 139 GiB; Fake 1, driver 12.2, 139 GiB"));
  }

  @Test
  void noDevice_isAbsentRatherThanWrong() {
    assertThat(DriverProbe.probe(new FakeDriver().failing("cuInit", 100).driver()).availability())
        .isInstanceOfSatisfying(
            Availability.Absent.class,
            absent -> assertThat(absent.remedy()).contains("CUDA_VISIBLE_DEVICES"));
  }

  @Test
  void noDeviceCounted_isAbsentRatherThanWrong() {
    FakeDriver fake = new FakeDriver();
    fake.devices = 0;

    assertThat(DriverProbe.probe(fake.driver()).availability())
        .isInstanceOf(Availability.Absent.class);
  }

  @ParameterizedTest
  @CsvSource({
    "34, stub",
    "304, /dev/nvidia",
    "800, /dev/nvidia",
    "46, nvidia-smi -c DEFAULT",
    "102, licence",
    "214, nvidia-smi -q -d ECC",
    "802, nvidia-fabricmanager",
    "803, restart",
    "804, cuda-compat",
    "805, nvidia-cuda-mps-control",
    "808, other clients",
    "999, nvidia_uvm",
    "500, Update",
    "35, nvidia-smi"
  })
  void failedInitialization_namesWhatHelps(int code, String remedy) {
    assertThat(refusal(new FakeDriver().failing("cuInit", code))).contains(remedy);
  }

  @Test
  void failedInitialization_namesCodeAndMeaning() {
    assertThat(refusal(new FakeDriver().failing("cuInit", 47)))
        .contains("cuInit", "code 47", "CUDA_ERROR_47", "fault 47");
  }

  @Test
  void oldDriver_isRefusedWithBothReleases() {
    FakeDriver fake = new FakeDriver();
    fake.version = DeviceFacts.LEAST_DRIVER - 10;

    assertThat(refusal(fake)).contains("CUDA 11.3", "need 11.4", "Update");
  }

  @Test
  void oldDevice_isRefusedWithBothCapabilities() {
    assertThat(refusal(new FakeDriver().capability(7, 0)))
        .contains("Fake 0", "capability 7.0", "need 7.5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuDriverGetVersion",
        "cuDeviceGetCount",
        "cuDeviceGet",
        "cuDeviceGetName",
        "cuDeviceGetAttribute",
        "cuDeviceTotalMem_v2"
      })
  void failedQuestion_isAReasonAndNoException(String function) {
    assertThat(refusal(new FakeDriver().failing(function, 201)))
        .contains(function.replace("_v2", ""), "code 201");
  }

  @Test
  void unknownCode_isNamedByItsNumber() {
    FakeDriver fake =
        new FakeDriver()
            .failing("cuInit", 12_345)
            .failing("cuGetErrorName", 1)
            .failing("cuGetErrorString", 1);

    assertThat(refusal(fake)).contains("code 12345");
  }
}
