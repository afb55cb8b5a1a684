package io.quant4j.build;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The two places where a module declares its service providers, each read as service -> providers,
 * sorted.
 */
final class ServiceFiles {
  private ServiceFiles() {}

  /** The {@code provides} lines of a module's compiled descriptor. */
  static Map<String, List<String>> ofModulePath(String module) throws IOException {
    try (var descriptor =
        Files.newInputStream(Repository.classes(module).resolve("module-info.class"))) {
      return ModuleDescriptor.read(descriptor).provides().stream()
          .collect(
              Collectors.toMap(
                  ModuleDescriptor.Provides::service,
                  provides -> provides.providers().stream().sorted().toList(),
                  (first, second) -> first,
                  TreeMap::new));
    }
  }

  /** The files of {@code META-INF/services} beside a module's compiled classes. */
  static Map<String, List<String>> ofClassPath(String module) throws IOException {
    Path directory = Repository.classes(module).resolve("META-INF").resolve("services");
    Map<String, List<String>> found = new TreeMap<>();
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          found.put(file.getFileName().toString(), providers(file));
        }
      }
    }
    return found;
  }

  private static List<String> providers(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .sorted()
          .toList();
    }
  }
}
