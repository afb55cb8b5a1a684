package io.quant4j.core.discovery;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MissingExtensionException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;

/** The providers of one service, by name. */
final class NamedServices<S> {
  private final Map<String, S> byName;

  private NamedServices(Map<String, S> byName) {
    this.byName = byName;
  }

  /**
   * Loads all providers of a service.
   *
   * @throws MissingExtensionException if two answer to one name, or one cannot be instantiated
   */
  static <S> NamedServices<S> load(Class<S> service, Function<S, String> name) {
    Map<String, S> byName = new TreeMap<>();
    try {
      for (S provider : ServiceLoader.load(service, NamedServices.class.getClassLoader())) {
        S other = byName.putIfAbsent(name.apply(provider), provider);
        if (other != null) {
          throw new MissingExtensionException(
              ErrorLocation.subject(name.apply(provider)),
              "two providers of %s have this name: %s from %s and %s from %s"
                  .formatted(
                      service.getSimpleName(),
                      other.getClass().getName(),
                      origin(other),
                      provider.getClass().getName(),
                      origin(provider)),
              "Keep one of the two jars on the path.");
        }
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new MissingExtensionException(
          ErrorLocation.subject(service.getSimpleName()),
          "a provider could not be instantiated: " + e,
          "Use releases of the Quant4J jars that the same quant4j BOM names.",
          e);
    }
    return new NamedServices<>(byName);
  }

  private static String origin(Object provider) {
    var source = provider.getClass().getProtectionDomain().getCodeSource();
    return source == null ? "the run-time image" : String.valueOf(source.getLocation());
  }

  Collection<S> all() {
    return byName.values();
  }

  List<String> names() {
    return List.copyOf(byName.keySet());
  }

  Optional<S> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }
}
