package io.quant4j.kernels.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.Availability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the driver is looked for, on any system, and what is said where it is not. */
class DriverPlacesTest {
  private static final DriverPlaces NOWHERE = new DriverPlaces("none", List.of("/no/such/sign"));

  @Test
  void linux_hasTheLibraryByNameAndDeviceFiles() {
    DriverPlaces places = DriverPlaces.of("Linux", Optional.empty());

    assertThat(places.library()).isEqualTo("libcuda.so.1");
    assertThat(places.signs()).contains("/dev/nvidiactl", "/dev/dxg");
  }

  @Test
  void windows_hasTheLibraryInItsOwnFolder() {
    DriverPlaces places = DriverPlaces.of("Windows Server 2022", Optional.of("D:\\Win"));

    assertThat(places.library()).isEqualTo("D:\\Win\\System32\\nvcuda.dll");
    assertThat(places.signs()).containsExactly("D:\\Win\\System32\\nvcuda.dll");
    assertThat(DriverPlaces.of("Windows 11", Optional.empty()).library())
        .isEqualTo("C:\\Windows\\System32\\nvcuda.dll");
  }

  @Test
  void noSign_isAbsentAndLoadsNothing() {
    assertThat(DriverProbe.probe(NOWHERE, "").availability())
        .isInstanceOfSatisfying(
            Availability.Absent.class,
            absent -> assertThat(absent.reason()).contains("/no/such/sign"));
  }

  @Test
  void signWithoutLibrary_isAReasonAndNoException(@TempDir Path folder) {
    DriverPlaces places =
        new DriverPlaces(folder.resolve("libcuda.so.1").toString(), List.of(folder.toString()));

    assertThat(DriverProbe.probe(places, "").availability())
        .isInstanceOfSatisfying(
            Availability.Unusable.class,
            unusable -> {
              assertThat(unusable.reason()).contains(places.library(), "cannot be loaded");
              assertThat(unusable.remedy()).contains("Install the NVIDIA driver");
            });
  }

  @Test
  void libraryOfOtherFunctions_isAReasonAndNoException() {
    String java = System.mapLibraryName("java");
    Path home = Path.of(System.getProperty("java.home"));
    Path library =
        Files.exists(home.resolve("bin", java))
            ? home.resolve("bin", java)
            : home.resolve("lib", java);

    assertThat(DriverProbe.probe(NOWHERE, library.toString()).availability())
        .isInstanceOfSatisfying(
            Availability.Unusable.class,
            unusable -> assertThat(unusable.reason()).contains("lacks functions"));
  }
}
