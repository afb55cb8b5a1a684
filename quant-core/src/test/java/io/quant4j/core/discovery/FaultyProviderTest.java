package io.quant4j.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.Quant4J;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.spi.BlockFormat;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** The library beside a jar whose provider does not load, in a class loader of its own. */
class FaultyProviderTest {
  private static final String PROVIDER = "org.example.NoSuchFormat";

  @TempDir private Path jar;

  @Test
  void installed_besideJarWithoutItsProvider_saysSoAtEachCall() throws Exception {
    assertReported();
  }

  @Test
  void installed_besideJarWithDamagedProvider_saysSoAtEachCall() throws Exception {
    Path type = jar.resolve(PROVIDER.replace('.', '/') + ".class");
    Files.createDirectories(type.getParent());
    Files.writeString(type, "no class file");

    assertReported();
  }

  private void assertReported() throws Exception {
    Path services = Files.createDirectories(jar.resolve("META-INF/services"));
    Files.writeString(services.resolve(BlockFormat.class.getName()), PROVIDER);
    URL[] path = {jar.toUri().toURL(), home(Extensions.class), home(Quant4J.class)};

    try (URLClassLoader loader = new URLClassLoader(path, new LoggerOnly())) {
      Method installed = loader.loadClass(Extensions.class.getName()).getMethod("installed");
      for (String call : List.of("first", "second")) {
        assertThatThrownBy(() -> installed.invoke(null))
            .as(call)
            .isInstanceOf(InvocationTargetException.class)
            .cause()
            .satisfies(error -> {
              assertThat(error.getClass().getName())
                  .isEqualTo(MissingExtensionException.class.getName());
              assertThat(error.toString().replace('/', '.')).contains(PROVIDER);
            });
      }
    }
  }

  private static URL home(Class<?> of) {
    return of.getProtectionDomain().getCodeSource().getLocation();
  }

  /** Of the classes on this test's path, hides all but the logger's. */
  private static final class LoggerOnly extends ClassLoader {
    LoggerOnly() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith(Logger.class.getPackageName())) {
        return Class.forName(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
