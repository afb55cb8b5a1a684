package io.quant4j.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.Availability;
import io.quant4j.api.spi.KernelBackend;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorBackendTest {
  private static final String FLAG = "--add-modules jdk.incubator.vector";
  private static final List<String> OPTION_VARIABLES =
      List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

  @TempDir private Path directory;

  @Test
  void probe_withVectorModule_namesTheWidth() {
    String width = System.getProperty("quant4j.vector.bits", "(?:128|256|512)");

    assertThat(new VectorBackend().probe())
        .isInstanceOfSatisfying(
            Availability.Usable.class,
            usable -> assertThat(usable.description()).matches("\\b" + width + "-bit .*"));
  }

  @Test
  void serviceLoader_findsTheBackendOnTheClassPath() {
    assertThat(ServiceLoader.load(KernelBackend.class).stream().map(p -> p.type().getName()))
        .contains(VectorBackend.class.getName());
  }

  @Test
  void probe_withoutVectorModule_namesTheFlag() throws Exception {
    List<String> answers = inOtherJvm();

    assertThat(answers).hasSize(2);
    assertThat(answers.getFirst()).startsWith("Unusable").contains("module", FLAG);
    assertThat(answers.getLast()).startsWith("BackendUnavailableException").contains(FLAG);
  }

  @Test
  void probe_withVectorModuleInOtherJvm_isUsable() throws Exception {
    assertThat(inOtherJvm(FLAG))
        .first()
        .satisfies(answer -> assertThat(answer).startsWith("Usable"));
  }

  @Test
  void probe_withMachineCodeSwitchedOff_saysSo() throws Exception {
    assertThat(inOtherJvm(FLAG, "-Dquant4j.machineCode=off"))
        .first()
        .satisfies(answer ->
            assertThat(answer)
                .startsWith("Usable")
                .contains("no machine code: switched off by -Dquant4j.machineCode=off"));
  }

  /** A processor without AVX-512 would not call native code; its width is the reason then. */
  @Test
  void probe_withoutNativeAccess_namesTheFlagAndIsUsable() throws Exception {
    assertThat(inOtherJvm(FLAG, "--illegal-native-access=deny"))
        .first()
        .satisfies(answer ->
            assertThat(answer)
                .startsWith("Usable")
                .containsPattern("--enable-native-access=ALL-UNNAMED|vectors of \\d+ bits"));
  }

  /** What {@link ProbeProgram} writes in a JVM on this class path with these options. */
  private List<String> inOtherJvm(String... options) throws IOException, InterruptedException {
    Path answers = directory.resolve("answers");
    Path output = directory.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.stream(options).flatMap(o -> Arrays.stream(o.split(" ", -1))).toList());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ProbeProgram.class.getName(), answers.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(OPTION_VARIABLES);
    Process process =
        builder.redirectErrorStream(true).redirectOutput(Redirect.to(output.toFile())).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readAllLines(answers);
  }
}
