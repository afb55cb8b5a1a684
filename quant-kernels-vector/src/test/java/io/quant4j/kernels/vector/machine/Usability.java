package io.quant4j.kernels.vector.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.Availability;

/**
 * For tests that run generated code. Where this JVM cannot use it, which is so in the runs with
 * shorter vectors, they hold it to say why.
 */
public final class Usability {
  private Usability() {}

  /** Whether generated code may be run. */
  public static boolean checked() {
    return switch (MachineCode.availability()) {
      case Availability.Usable(String instructions) -> {
        assertThat(instructions).isNotEmpty();
        yield true;
      }
      case Availability.Unusable(String reason, String remedy) -> refused(reason, remedy);
      case Availability.Absent(String reason, String remedy) -> refused(reason, remedy);
    };
  }

  private static boolean refused(String reason, String remedy) {
    assertThat(reason).isNotEmpty();
    assertThat(remedy).isNotEmpty();
    return false;
  }
}
