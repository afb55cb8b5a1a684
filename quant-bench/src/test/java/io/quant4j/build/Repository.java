package io.quant4j.build;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The checkout that is being built. Paths are relative to its root and sorted. */
final class Repository {
  /** The modules that are released as jars; each has a {@code module-info.java}. */
  static final List<String> LIBRARIES =
      List.of(
          "quant-api", "quant-core", "quant-gguf", "quant-kernels-vector", "quant-kernels-cuda");

  private static final Path ROOT =
      Path.of(
          Objects.requireNonNull(
              System.getProperty("quant4j.root"),
              "the build sets the system property quant4j.root"));
  private static final Set<String> HIDDEN_BUT_OURS = Set.of(".ci", ".mvn");

  private Repository() {}

  /** The absolute path of a file or directory. */
  static Path resolve(Path relative) {
    return ROOT.resolve(relative);
  }

  /** Where a module's compiled main classes and resources lie; fails if it was not built. */
  static Path classes(String module) {
    Path classes = ROOT.resolve(module).resolve("target").resolve("classes");
    if (!Files.isDirectory(classes)) {
      throw new AssertionError(
          module + " is not compiled: build it together with quant-bench (-am).");
    }
    return classes;
  }

  /** Names at the top level that are neither hidden nor made by a build or an editor. */
  static List<String> topLevel() throws IOException {
    try (Stream<Path> entries = Files.list(ROOT)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !name.startsWith(".") && !name.equals("target") && !name.endsWith(".iml"))
          .sorted()
          .toList();
    }
  }

  /**
   * Every file but those in build outputs and in hidden directories that are not part of the
   * project.
   */
  static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String name = directory.getFileName().toString();
            boolean foreign =
                name.equals("target") || (name.startsWith(".") && !HIDDEN_BUT_OURS.contains(name));
            return foreign && !directory.equals(ROOT)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!file.endsWith(".git")) { // a file where the checkout is a linked work tree
              files.add(ROOT.relativize(file));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return files;
  }

  /** Every Java source file. */
  static List<Path> javaFiles() throws IOException {
    return files().stream().filter(file -> file.toString().endsWith(".java")).toList();
  }

  /** Whether a Java file is shipped code rather than a test. */
  static boolean isMain(Path file) {
    return slashes(file).contains("src/main/java/");
  }

  /** The path as text with forward slashes on every system. */
  static String slashes(Path file) {
    return file.toString().replace('\\', '/');
  }

  /** The text of a file. */
  static String text(Path relative) {
    try {
      return Files.readString(ROOT.resolve(relative));
    } catch (IOException e) {
      throw new AssertionError(relative + " is not readable UTF-8", e);
    }
  }
}
