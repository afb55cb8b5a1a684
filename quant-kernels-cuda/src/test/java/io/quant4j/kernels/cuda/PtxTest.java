package io.quant4j.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The compiled kernels in the repository are those of the sources beside them. */
class PtxTest {
  private static final Path MODULE =
      Path.of(Objects.requireNonNull(System.getProperty("quant4j.root")), "quant-kernels-cuda");
  private static final Path SOURCES = MODULE.resolve("src/main/cuda");
  private static final Path COMPILED = MODULE.resolve("src/main/resources/io/quant4j/kernels/cuda");

  /** What no driver of the least release takes. */
  private static final double MOST_PTX = 7.4;

  /** The same for modules with overlapping launches, which older drivers are not given. */
  private static final double MOST_PTX_OF_OVERLAPPING = 7.8;

  /** Name and text. */
  private static final Pattern KERNEL =
      Pattern.compile("\\.entry (\\w+)(.*?)(?=\\.entry |\\z)", Pattern.DOTALL);

  /** The same for modules of one architecture alone, which older drivers are not given. */
  private static final double MOST_PTX_OF_WARPGROUPS = 8.0;

  @Test
  void manifest_listsEverySourceAndModuleWithItsHash() throws Exception {
    Map<String, String> expected = new TreeMap<>();
    List<String> lines = Files.readAllLines(COMPILED.resolve("manifest.sha256"));
    assertThat(lines.getFirst()).as("the compiler").startsWith("# nvcc of cuda_13.0.");
    for (String line : lines.subList(1, lines.size())) {
      String[] words = line.split(" +", 2);
      expected.put(words[1], words[0]);
    }
    Map<String, String> actual = hashes();
    assertThat(actual.keySet()).as("names").isEqualTo(expected.keySet());
    assertThat(
            actual.keySet().stream().filter(n -> !Objects.equals(expected.get(n), actual.get(n))))
        .as("changed since src/main/cuda/build-ptx last compiled and listed them")
        .isEmpty();
  }

  private static Map<String, String> hashes() throws Exception {
    Map<String, String> hashes = new TreeMap<>();
    for (Path file : files()) {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      hashes.put(file.getFileName().toString(), HexFormat.of().formatHex(digest));
    }
    return hashes;
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> sources = Files.list(SOURCES);
        Stream<Path> compiled = Files.list(COMPILED)) {
      return Stream.concat(
              sources.filter(f -> f.toString().matches(".*\\.cuh?|.*/modules")),
              compiled.filter(f -> f.toString().endsWith(".ptx")))
          .toList();
    }
  }

  @Test
  void modules_suitTheLeastDriverAndDevice() throws IOException {
    List<Path> modules = files().stream().filter(f -> f.toString().endsWith(".ptx")).toList();
    assertThat(modules).isNotEmpty();
    for (Path module : modules) {
      Map<String, String> head =
          Files.readString(module, StandardCharsets.US_ASCII)
              .lines()
              .limit(40)
              .filter(line -> line.startsWith("."))
              .map(line -> line.split(" ", 3))
              .filter(words -> words[0].equals(".version") || words[0].equals(".target"))
              .collect(Collectors.toMap(words -> words[0], words -> words[1]));
      String name = module.getFileName().toString();
      assertThat(Double.parseDouble(head.get(".version")))
          .as("PTX version of %s", name)
          .isLessThanOrEqualTo(mostPtx(name));
      assertThat(head.get(".target")).as("target of %s", name).isEqualTo(target(name));
    }
  }

  private static boolean isOverlapping(String name) {
    return name.endsWith("_90.ptx");
  }

  private static boolean isOfWarpgroups(String name) {
    return name.contains("_wgmma");
  }

  private static double mostPtx(String name) {
    return isOfWarpgroups(name)
        ? MOST_PTX_OF_WARPGROUPS
        : isOverlapping(name) ? MOST_PTX_OF_OVERLAPPING : MOST_PTX;
  }

  private static String target(String name) {
    if (isOfWarpgroups(name)) {
      return "sm_90a";
    }
    return isOverlapping(name) ? "sm_90" : name.contains("_mma") ? "sm_80" : "sm_75";
  }

  /** A kernel that did not wait would read what the one before it is still writing. */
  @Test
  void kernelsOfOverlappingModules_waitForTheOnesBefore() throws IOException {
    List<Path> modules =
        files().stream().filter(f -> isOverlapping(f.getFileName().toString())).toList();
    assertThat(modules).isNotEmpty();
    for (Path module : modules) {
      List<MatchResult> kernels =
          KERNEL.matcher(Files.readString(module, StandardCharsets.US_ASCII)).results().toList();
      assertThat(kernels).isNotEmpty();
      for (MatchResult kernel : kernels) {
        assertThat(kernel.group(2))
            .as("%s: %s", module.getFileName(), kernel.group(1))
            .contains("griddepcontrol.wait");
      }
    }
  }
}
