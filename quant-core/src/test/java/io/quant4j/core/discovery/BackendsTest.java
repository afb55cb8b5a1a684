package io.quant4j.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.Availability;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.SpiVersion;
import io.quant4j.core.discovery.Backends.Candidate;
import io.quant4j.core.kernel.ScalarBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendsTest {

  /** Devices that another process has. */
  private static final class TakenDevices implements KernelBackend {
    @Override
    public String name() {
      return "taken";
    }

    @Override
    public int rank() {
      return 1_000;
    }

    @Override
    public int spiVersion() {
      return SpiVersion.CURRENT;
    }

    @Override
    public boolean usesDevices() {
      return true;
    }

    @Override
    public Availability probe() {
      return new Availability.Usable("until it is opened");
    }

    @Override
    public KernelSet open() {
      throw new AssertionError("work on the host needs no device");
    }
  }

  @Test
  void kernelsForTheHost_areFoundWithoutOpeningDevices() {
    Availability usable = new Availability.Usable("");
    List<Candidate> candidates =
        List.of(
            new Candidate(new TakenDevices(), usable), new Candidate(new ScalarBackend(), usable));

    assertThat(Backends.onHost(candidates)).hasSameClassAs(ScalarBackend.kernels());
  }
}
