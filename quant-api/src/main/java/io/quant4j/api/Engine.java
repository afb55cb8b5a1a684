package io.quant4j.api;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.spi.EngineProvider;
import io.quant4j.api.spi.SpiVersion;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the engine that does the work behind this API. */
final class Engine {
  private static volatile @Nullable EngineProvider found;

  private Engine() {}

  /**
   * The engine; looked for again at the next call if there is none. Not a static initializer, whose
   * exceptions reach the caller wrapped once and not at all after that.
   */
  static EngineProvider provider() {
    EngineProvider provider = found;
    if (provider == null) {
      provider = find();
      found = provider;
    }
    return provider;
  }

  private static EngineProvider find() {
    List<EngineProvider> engines;
    try {
      engines =
          ServiceLoader.load(EngineProvider.class, Engine.class.getClassLoader()).stream()
              .map(ServiceLoader.Provider::get)
              .toList();
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new MissingExtensionException(
          ErrorLocation.none(),
          "the engine could not be started: " + e,
          "Use releases of quant-api and quant-core that the same quant4j BOM names.",
          e);
    }
    if (engines.size() != 1) {
      throw new MissingExtensionException(
          ErrorLocation.none(),
          engines.isEmpty()
              ? "no engine is on the class or module path"
              : "several engines are on the path: "
                  + engines.stream().map(p -> p.getClass().getName()).toList(),
          engines.isEmpty() ? "Add the dependency io.quant4j:quant-core." : "Keep one of them.");
    }
    EngineProvider provider = engines.getFirst();
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
