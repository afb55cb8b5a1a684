package io.quant4j.core.discovery;

import io.quant4j.api.BackendReport;
import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.spi.Availability;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.SpiVersion;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses among the kernel backends installed: by name if one is named, else the best usable one.
 */
public final class Backends {
  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

  private Backends() {}

  record Candidate(KernelBackend backend, Availability availability) {}

  private static List<Candidate> candidates() {
    return NamedServices.load(KernelBackend.class, KernelBackend::name).all().stream()
        .sorted(Comparator.comparingInt(KernelBackend::rank).reversed())
        .map(b -> new Candidate(b, probe(b)))
        .toList();
  }

  private static Availability probe(KernelBackend backend) {
    if (backend.spiVersion() != SpiVersion.CURRENT) {
      return new Availability.Unusable(
          "it was built for SPI version %d, this release has %d"
              .formatted(backend.spiVersion(), SpiVersion.CURRENT),
          "Use releases that the same quant4j BOM names.");
    }
    return backend.probe();
  }

  /** Every backend found, best first. */
  public static List<BackendReport> reports() {
    return candidates().stream()
        .map(c -> new BackendReport(c.backend.name(), c.backend.rank(), c.availability))
        .toList();
  }

  /**
   * The backend to use.
   *
   * @param name the one that must be used, or empty for the best usable one
   * @throws MissingExtensionException if none has this name
   * @throws BackendUnavailableException if the named one cannot run here
   */
  public static KernelBackend choose(Optional<String> name) {
    List<Candidate> candidates = candidates();
    return name.map(n -> named(candidates, n)).orElseGet(() -> best(candidates));
  }

  private static KernelBackend named(List<Candidate> candidates, String name) {
    for (Candidate c : candidates) {
      if (c.backend.name().equals(name)) {
        return switch (c.availability) {
          case Availability.Usable _ -> c.backend;
          case Availability.Unusable(String reason, String remedy) ->
              throw new BackendUnavailableException(ErrorLocation.subject(name), reason, remedy);
          case Availability.Absent(String reason, String remedy) ->
              throw new BackendUnavailableException(ErrorLocation.subject(name), reason, remedy);
        };
      }
    }
    throw new MissingExtensionException(
        ErrorLocation.subject(name),
        "no kernel backend of this name is installed",
        "Installed are %s; backend 'x' comes with the dependency io.quant4j:quant-kernels-x."
            .formatted(candidates.stream().map(c -> c.backend.name()).toList()));
  }

  private static KernelBackend best(List<Candidate> candidates) {
    for (Candidate c : candidates) {
      switch (c.availability) {
        case Availability.Usable(String description) -> {
          LOG.info("using kernel backend {} ({})", c.backend.name(), description);
          return c.backend;
        }
        // Running many times slower without a word is what users complain of most.
        case Availability.Unusable(String reason, String remedy) ->
            LOG.warn("kernel backend {} is unusable: {}. {}", c.backend.name(), reason, remedy);
        case Availability.Absent(String reason, String _) ->
            LOG.debug("kernel backend {} is not for this machine: {}", c.backend.name(), reason);
      }
    }
    throw noneUsable();
  }

  /** Kernels of the best usable backend that works on host memory. */
  public static HostKernels onHost() {
    return onHost(candidates());
  }

  static HostKernels onHost(List<Candidate> candidates) {
    for (Candidate c : candidates) {
      if (isOnHost(c)) {
        switch (c.backend.open()) {
          case KernelSet.OnHost(HostKernels kernels) -> {
            return kernels;
          }
          case KernelSet.OnDevices devices -> devices.close();
        }
      }
    }
    throw noneUsable();
  }

  private static boolean isOnHost(Candidate c) {
    return c.availability instanceof Availability.Usable && !c.backend.usesDevices();
  }

  /** The best usable backend that works on host memory. */
  public static KernelBackend bestOnHost() {
    return best(candidates().stream().filter(Backends::isOnHost).toList());
  }

  private static MissingExtensionException noneUsable() {
    return new MissingExtensionException(
        ErrorLocation.none(),
        "no usable kernel backend is installed",
        "Add the dependency io.quant4j:quant-core, which brings the scalar one.");
  }
}
