package io.quant4j.cli;

import io.quant4j.api.BackendReport;
import io.quant4j.api.Quant4J;
import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.spi.Availability;
import java.util.List;

/** Looks up the kernel backend that a user names. */
final class NamedBackend {
  private NamedBackend() {}

  /**
   * What is known of a backend.
   *
   * @throws MissingExtensionException listing those installed
   */
  static BackendReport find(String name) {
    List<BackendReport> installed = Quant4J.backends();
    return installed.stream()
        .filter(backend -> backend.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new MissingExtensionException(
                ErrorLocation.subject(name),
                "no kernel backend of this name is installed",
                "Installed are " + installed.stream().map(BackendReport::name).toList() + "."));
  }

  /**
   * Refuses a backend that cannot run here.
   *
   * @throws BackendUnavailableException saying why not
   */
  static void requireUsable(String name) {
    switch (find(name).availability()) {
      case Availability.Usable _ -> {}
      case Availability.Unusable(String reason, String remedy) ->
          throw new BackendUnavailableException(ErrorLocation.subject(name), reason, remedy);
      case Availability.Absent(String reason, String remedy) ->
          throw new BackendUnavailableException(ErrorLocation.subject(name), reason, remedy);
    }
  }
}
