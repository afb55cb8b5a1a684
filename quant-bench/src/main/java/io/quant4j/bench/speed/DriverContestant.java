package io.quant4j.bench.speed;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * A library for the JVM that is no dependency of ours. An {@link Engine} on top of it lies beside
 * this class as source; it is compiled against the class path that the user gives, and driven by
 * the loop that drives our own engine.
 */
abstract class DriverContestant implements Contestant {
  private final List<String> sources;
  private final String classPath;
  private final Path directory;
  private boolean compiled;

  /**
   * @param sources simple names of the classes, the engine with its {@code main} method first
   * @param classPath of the peer; may end in {@code /*}
   * @param directory where the compiled classes go
   */
  DriverContestant(List<String> sources, String classPath, Path directory) {
    this.sources = sources;
    this.classPath = classPath;
    this.directory = directory;
  }

  /** Package of the engine, which may have to be that of the peer. */
  abstract String driverPackage();

  /** Options of the JVM. */
  abstract List<String> javaOptions(int threads);

  @Override
  public final List<String> command(Path model, Workload workload, int threads, Effort effort)
      throws IOException {
    List<String> options = new ArrayList<>(javaOptions(threads));
    options.add("--enable-native-access=ALL-UNNAMED");
    return JavaProcess.command(
        options,
        compiled() + File.pathSeparator + classPaths(),
        driverPackage() + "." + sources.getFirst(),
        EngineLoop.arguments(model, workload, threads, effort));
  }

  @Override
  public final List<Double> tokensPerSecond(Workload workload, String output) {
    return EngineLoop.parse(output);
  }

  /** Of the peer, then our own. The launcher of Java would expand jars, the compiler does not. */
  private String classPaths() throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      Path path = Path.of(entry.replaceFirst("\\*$", ""));
      if (entry.endsWith("*")) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(path, "*.jar")) {
          jars.forEach(jar -> entries.add(jar.toString()));
        }
      } else {
        entries.add(entry);
      }
    }
    entries.add(System.getProperty("java.class.path"));
    return String.join(File.pathSeparator, entries);
  }

  /** Directory of the classes, compiled when it is first asked for. */
  private Path compiled() throws IOException {
    Path target = directory.resolve("driver-" + sources.getFirst());
    if (!compiled) {
      Files.createDirectories(target);
      compile(target);
      compiled = true;
    }
    return target;
  }

  private void compile(Path target) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-cp", classPaths(), "-d", target.toString()));
    arguments.addAll(List.of("-nowarn", "-proc:none", "--add-modules=jdk.incubator.vector"));
    for (String name : sources) {
      arguments.add(copy(name, target).toString());
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int status = compiler.run(null, messages, messages, arguments.toArray(String[]::new));
    if (status != 0) {
      throw new IOException(
          "its driver %s does not compile: %s"
              .formatted(sources.getFirst(), messages.toString(StandardCharsets.UTF_8)));
    }
  }

  private static Path copy(String name, Path target) throws IOException {
    Path source = target.resolve(name + ".java");
    try (InputStream text = DriverContestant.class.getResourceAsStream(name + ".java")) {
      if (text == null) {
        throw new FileNotFoundException(name + ".java is not beside " + DriverContestant.class);
      }
      Files.copy(text, source, StandardCopyOption.REPLACE_EXISTING);
    }
    return source;
  }
}
