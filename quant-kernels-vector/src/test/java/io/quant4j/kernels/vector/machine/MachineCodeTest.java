package io.quant4j.kernels.vector.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.Availability;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineCodeTest {

  @Test
  void availability_switchedOff_namesTheProperty() {
    assertThat(MachineCode.ask("off", "Linux", "amd64", 512))
        .isInstanceOfSatisfying(
            Availability.Unusable.class,
            refused -> assertThat(refused.reason()).contains("-Dquant4j.machineCode=off"));
  }

  @ParameterizedTest
  @CsvSource({"Linux, aarch64", "Mac OS X, x86_64", "Windows 11, amd64"})
  void availability_elsewhere_namesTheSystem(String system, String architecture) {
    assertThat(MachineCode.ask("", system, architecture, 512))
        .isInstanceOfSatisfying(
            Availability.Unusable.class,
            refused -> assertThat(refused.reason()).contains(system).contains(architecture));
  }

  @ParameterizedTest
  @CsvSource({"128", "256"})
  void availability_ofShortVectors_namesTheirLength(int bits) {
    assertThat(MachineCode.ask("", "Linux", "amd64", bits))
        .isInstanceOfSatisfying(
            Availability.Unusable.class,
            refused -> assertThat(refused.reason()).contains(bits + " bits"));
  }

  @Test
  void withoutNativeAccess_namesTheFlag() {
    assertThat(MachineCode.withoutNativeAccess())
        .isInstanceOfSatisfying(
            Availability.Unusable.class,
            refused -> assertThat(refused.remedy()).contains("--enable-native-access=ALL-UNNAMED"));
  }
}
