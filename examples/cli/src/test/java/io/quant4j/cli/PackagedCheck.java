package io.quant4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar and the launcher as a user meets them; runs after packaging. */
class PackagedCheck {
  private static final Path JAR = Path.of(System.getProperty("quant4j.cli.jar"));
  private static final Path LAUNCHER =
      Path.of(System.getProperty("quant4j.root"), "examples/cli/quant4j");
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
  private static final String MODEL = CommandRun.TINY_NOVELS.toString();
  private static final String[] GENERATE = {
    "generate", MODEL, "--prompt", "The old man looked at the", "--greedy", "--max-tokens=3"
  };

  @TempDir private Path directory;

  @Test
  void jar_mergesServicesAndKeepsLicences() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertThat(jar.stream().map(ZipEntry::getName))
          .contains("META-INF/LICENSE", "META-INF/NOTICE", "META-INF/LICENSE.txt")
          .noneMatch(name -> name.endsWith("module-info.class"))
          .doesNotHaveDuplicates();
      assertThat(services(jar, "CheckpointReader"))
          .contains("io.quant4j.core.", "io.quant4j.gguf.");
      assertThat(services(jar, "KernelBackend"))
          .contains("io.quant4j.core.", "io.quant4j.kernels.vector.");
    }
  }

  private static String services(JarFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry("META-INF/services/io.quant4j.api.spi." + name);
    return new String(jar.getInputStream(entry).readAllBytes(), UTF_8);
  }

  @Test
  void jar_withoutFlags_worksAndSaysOnceWhatIsMissing() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(JAVA_HOME.resolve("bin/java").toString());
    command.add("-jar");
    command.add(JAR.toString());
    command.addAll(List.of(GENERATE));
    CommandRun run = run(command, Map.of());

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo(" door. He");
    assertThat(run.err().lines().filter(line -> line.contains("--add-modules"))).hasSize(1);
  }

  @Test
  void launcher_throughSymbolicLink_findsJavaAndJar() throws Exception {
    Path link =
        Files.createSymbolicLink(
            directory.resolve("q4"),
            Files.createSymbolicLink(directory.resolve("other"), LAUNCHER).getFileName());
    CommandRun run = launch(link, Map.of("JAVA_HOME", JAVA_HOME.toString()), GENERATE);

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo(" door. He");
    assertThat(run.err()).contains("backend vector");
  }

  @Test
  void launcher_passesTextBeyondAsciiInTheCLocale() throws Exception {
    CommandRun run =
        launch(
            LAUNCHER,
            Map.of("QUANT4J_JAVA", JAVA_HOME.toString(), "LC_ALL", "C"),
            "tokenize",
            MODEL,
            "--text",
            "é",
            "--no-special",
            "--json");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("\"Ã").doesNotContain("?");
  }

  @Test
  void launcher_withForcedJavaThatIsNone_fails() throws Exception {
    CommandRun run = launch(LAUNCHER, Map.of("QUANT4J_JAVA", "/nonexistent"), "--version");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("quant4j: QUANT4J_JAVA=/nonexistent is no Java 25");
  }

  @Test
  void launcher_withOldForcedJava_fails() throws Exception {
    Path home = directory.resolve("jdk-17");
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    Files.createSymbolicLink(home.resolve("bin/java"), Path.of("/bin/true"));
    CommandRun run = launch(LAUNCHER, Map.of("QUANT4J_JAVA", home.toString()), "--version");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("is no Java 25 or later");
  }

  /** The launcher without a jar, somewhere else. */
  private Path copiedLauncher() throws IOException {
    Path examples = directory.resolve("examples");
    Files.createDirectories(examples.resolve("cli/target"));
    Files.copy(LAUNCHER.resolveSibling("../find-java.sh"), examples.resolve("find-java.sh"));
    Path copy = Files.copy(LAUNCHER, examples.resolve("cli/quant4j"));
    assertThat(copy.toFile().setExecutable(true)).isTrue();
    return copy;
  }

  @Test
  void launcher_onceRecorded_takesClassesFromTheCache() throws Exception {
    Path copy = copiedLauncher();
    Path jar = Files.copy(JAR, copy.resolveSibling("target/quant4j.jar"));
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
    Map<String, String> logged =
        Map.of(
            "QUANT4J_JAVA",
            JAVA_HOME.toString(),
            "QUANT4J_JAVA_OPTIONS",
            "-Xlog:class+load:stdout");
    String ofCache = "io.quant4j.cli.Main source: shared objects file";

    assertThat(launch(copy, logged, "--version").out())
        .contains("io.quant4j.cli.Main source: ")
        .doesNotContain(ofCache);
    CommandRun recorded =
        launch(
            copy,
            Map.of("QUANT4J_JAVA", JAVA_HOME.toString(), "QUANT4J_AOT", "record"),
            "--version");
    assertThat(recorded.status()).as(recorded.err()).isZero();
    assertThat(launch(copy, logged, "--version").out()).contains(ofCache);
  }

  @Test
  void launcher_withoutJar_saysHowToBuildIt() throws Exception {
    CommandRun run = launch(copiedLauncher(), Map.of(), "--version");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("is not built").contains("./mvnw").contains("package");
  }

  private CommandRun launch(Path launcher, Map<String, String> environment, String... args)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(launcher.toString());
    command.addAll(List.of(args));
    return run(command, environment);
  }

  private CommandRun run(List<String> command, Map<String, String> environment) throws Exception {
    Path out = directory.resolve("out.txt");
    Path err = directory.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeAll(List.of("QUANT4J_JAVA", "JDK_JAVA_OPTIONS"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).as("ended within a minute: " + command).isTrue();
    return new CommandRun(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
