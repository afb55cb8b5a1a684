package io.quant4j.api;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.spi.EngineProvider;
import io.quant4j.api.spi.SpiVersion;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds the engine that does the work behind this API. */
final class Engine {
  private Engine() {}

  static EngineProvider provider() {
    return Holder.PROVIDER;
  }

  private static final class Holder {
    static final EngineProvider PROVIDER = find();
  }

  private static EngineProvider find() {
    List<EngineProvider> found;
    try {
      found =
          ServiceLoader.load(EngineProvider.class, Engine.class.getClassLoader()).stream()
              .map(ServiceLoader.Provider::get)
              .toList();
    } catch (ServiceConfigurationError e) {
      throw new MissingExtensionException(
          ErrorLocation.none(),
          "the engine could not be started: " + e.getMessage(),
          "Use releases of quant-api and quant-core that the same quant4j BOM names.",
          e);
    }
    if (found.size() != 1) {
      throw new MissingExtensionException(
          ErrorLocation.none(),
          found.isEmpty()
              ? "no engine is on the class or module path"
              : "several engines are on the path: "
                  + found.stream().map(p -> p.getClass().getName()).toList(),
          found.isEmpty()
              ? "Add the dependency io.quant4j:quant-core."
              : "Keep one of them.");
    }
    EngineProvider provider = found.getFirst();
    if (provider.spiVersion() != SpiVersion.CURRENT) {
      throw new MissingExtensionException(
          ErrorLocation.subject(provider.getClass().getName()),
          "the engine was built for SPI version %d, this quant-api has %d"
              .formatted(provider.spiVersion(), SpiVersion.CURRENT),
          "Use releases of quant-api and quant-core that the same quant4j BOM names.");
    }
    return provider;
  }
}
