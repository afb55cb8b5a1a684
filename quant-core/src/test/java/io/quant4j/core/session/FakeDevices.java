package io.quant4j.core.session;

import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.Availability;
import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.SpiVersion;
import io.quant4j.core.kernel.HostOperations;
import io.quant4j.core.kernel.ScalarBackend;
import io.quant4j.core.kernel.ThreadTeam;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Devices that are the host in disguise; without any, they cannot be opened. */
final class FakeDevices implements KernelBackend {
  private final long[] free;
  final List<FakeDevice> opened = new ArrayList<>();

  FakeDevices(long... free) {
    this.free = free;
  }

  static final class FakeDevice implements Device {
    private final long free;
    private final ThreadTeam team = new ThreadTeam(1);
    private final Operations operations = new HostOperations(ScalarBackend.kernels(), team);
    boolean closed;

    FakeDevice(long free) {
      this.free = free;
    }

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public long freeBytes() {
      return free;
    }

    @Override
    public long boundBytes(long storedBytes) {
      return storedBytes;
    }

    @Override
    public Operations operations() {
      return operations;
    }

    @Override
    public void close() {
      closed = true;
      team.close();
    }
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public int rank() {
    return 1;
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
    return new Availability.Usable("nothing real");
  }

  @Override
  public KernelSet open() {
    if (free.length == 0) {
      throw new BackendUnavailableException(
          ErrorLocation.subject(name()), "others have all devices", "Wait.");
    }
    opened.addAll(LongStream.of(free).mapToObj(FakeDevice::new).toList());
    return new KernelSet.OnDevices(List.copyOf(opened));
  }
}
