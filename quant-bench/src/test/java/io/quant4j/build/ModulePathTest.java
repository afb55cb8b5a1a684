package io.quant4j.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor.Provides;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonParser;

/**
 * The libraries as modules. All other tests run on the class path, where a missing {@code
 * requires}, {@code uses} or {@code provides} goes unnoticed.
 */
class ModulePathTest {
  private static final Set<String> MODULES =
      Set.of(
          "io.quant4j.api",
          "io.quant4j.core",
          "io.quant4j.gguf",
          "io.quant4j.kernels.vector",
          "io.quant4j.kernels.cuda");

  @Test
  void providers_areFoundAsDeclared() throws Exception {
    ModuleLayer layer = newLayer().layer();
    for (String module : MODULES) {
      for (Provides provides : layer.findModule(module).orElseThrow().getDescriptor().provides()) {
        assertThat(found(layer, provides.service()))
            .as("providers of %s in %s", provides.service(), module)
            .containsAll(provides.providers());
      }
    }
  }

  @Test
  void discovery_mayUseEveryServiceItAsksFor() throws Exception {
    ModuleLayer.Controller controller = newLayer();
    Module core = controller.layer().findModule("io.quant4j.core").orElseThrow();
    String discovery = "io.quant4j.core.discovery";
    controller.addOpens(core, discovery, ModulePathTest.class.getModule());

    Class<?> extensions = core.getClassLoader().loadClass(discovery + ".Extensions");

    assertThat(extensions.getModule()).isSameAs(core);
    assertThat(extensions.getMethod("installed").invoke(null)).isNotNull();
  }

  @Test
  void engine_isReachedThroughTheApi() throws Exception {
    ModuleLayer layer = newLayer().layer();
    Class<?> entry = layer.findLoader("io.quant4j.api").loadClass("io.quant4j.api.Quant4J");

    List<?> backends = (List<?>) entry.getMethod("backends").invoke(null);

    assertThat(entry.getModule().getName()).isEqualTo("io.quant4j.api");
    assertThat(backends)
        .as("backends reported, against their providers")
        .hasSameSizeAs(found(layer, "io.quant4j.api.spi.KernelBackend"));
  }

  /** Class names of a service's providers. */
  private static List<String> found(ModuleLayer layer, String service) throws Exception {
    Class<?> type = layer.findLoader("io.quant4j.api").loadClass(service);
    return ServiceLoader.load(layer, type).stream()
        .map(provider -> provider.type().getName())
        .toList();
  }

  /** Our modules and what they require, away from the classes of the class path. */
  private static ModuleLayer.Controller newLayer() throws URISyntaxException {
    Path[] places =
        Stream.concat(
                Repository.LIBRARIES.stream().map(Repository::classes),
                Stream.of(place(LoggerFactory.class), place(JsonParser.class)))
            .toArray(Path[]::new);
    Configuration configuration =
        ModuleLayer.boot()
            .configuration()
            .resolveAndBind(ModuleFinder.of(places), ModuleFinder.of(), MODULES);
    return ModuleLayer.defineModulesWithOneLoader(
        configuration, List.of(ModuleLayer.boot()), ClassLoader.getPlatformClassLoader());
  }

  private static Path place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
