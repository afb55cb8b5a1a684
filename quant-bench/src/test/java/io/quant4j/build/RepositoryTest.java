package io.quant4j.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What lies where in the repository, and what its files may hold. */
class RepositoryTest {
  private static final int MAX_LINES = 350;

  /** Longer files of main sources -> why they are not split. */
  private static final Map<String, String> LONGER = Map.of();

  /** Files that are not ours to word: data, and the Maven wrapper. */
  private static final Pattern NOT_OUR_WORDS =
      Pattern.compile(
          ".*\\.(?:bin|f32|gguf|safetensors|json|txt|model|png)|mvnw(?:\\.cmd)?|LICENSE");

  // Alternatives are written so that this file does not match itself.
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");
  private static final Pattern MACHINE_PATH =
      Pattern.compile(
          "(?<![\\w.:/}-])/(?:(?:root|Users|work|mnt|media)/|home/(?!me/))\\w|\\b[A-Z]:\\\\\\w");
  private static final Pattern SKIPPING =
      Pattern.compile(
          "org\\.junit\\.jupiter\\.api\\.(?:Disabled|Assumptions|condition)\\b"
              + "|org\\.assertj\\.core\\.api\\.(?:Assumptions|BDDAssumptions)\\b"
              + "|org\\.opentest4j\\.TestAbortedException\\b");
  private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  @Test
  void topLevel_holdsExactlyWhatTheLayoutNames() throws IOException {
    assertThat(Repository.topLevel())
        .containsExactlyInAnyOrder(
            "pom.xml",
            "quant-api",
            "quant-core",
            "quant-gguf",
            "quant-kernels-vector",
            "quant-kernels-cuda",
            "quant-bench",
            "examples",
            "docs",
            "README.md",
            "CHANGELOG.md",
            "CONTRIBUTING.md",
            "LICENSE",
            "mvnw",
            "mvnw.cmd");
  }

  @Test
  void mainSources_areShort() throws IOException {
    List<String> longer =
        Repository.javaFiles().stream()
            .filter(Repository::isMain)
            .filter(file -> Repository.text(file).lines().count() > MAX_LINES)
            .map(Repository::slashes)
            .toList();

    assertThat(longer)
        .as("main sources of more than %d lines: split them, or list them with a reason", MAX_LINES)
        .hasSameElementsAs(LONGER.keySet());
  }

  @Test
  void packages_areNullMarked() throws IOException {
    List<Path> unmarked =
        Repository.javaFiles().stream()
            .filter(file -> Repository.isMain(file) && !file.endsWith("module-info.java"))
            .map(file -> file.resolveSibling("package-info.java"))
            .distinct()
            .filter(info -> !isNullMarked(info))
            .toList();

    assertThat(unmarked).as("package-info files that are missing or not @NullMarked").isEmpty();
  }

  private static boolean isNullMarked(Path packageInfo) {
    return Files.exists(Repository.resolve(packageInfo))
        && Repository.text(packageInfo).lines().anyMatch("@NullMarked"::equals);
  }

  @Test
  void tests_haveNoMeansToBeSkipped() throws IOException {
    assertThat(matches(SKIPPING))
        .as("a test that cannot run must fail; separate runs are chosen by tag")
        .isEmpty();
  }

  @Test
  void files_holdNoNotesOfUnfinishedWork() throws IOException {
    assertThat(matches(UNFINISHED)).isEmpty();
  }

  @Test
  void files_nameNoPathOfOneMachine() throws IOException {
    assertThat(matches(MACHINE_PATH)).isEmpty();
  }

  @Test
  void markdownLinks_leadToFiles() throws IOException {
    List<String> broken =
        Repository.files().stream()
            .filter(file -> file.toString().endsWith(".md"))
            .flatMap(RepositoryTest::brokenLinks)
            .toList();

    assertThat(broken).as("links in Markdown files without a file at their end").isEmpty();
  }

  private static Stream<String> brokenLinks(Path document) {
    String prose = FENCED.matcher(Repository.text(document)).replaceAll("");
    return LINK.matcher(prose)
        .results()
        .map(link -> link.group(1))
        .filter(link -> !link.matches("[a-z]+:.*|#.*"))
        .filter(link ->
            !Files.exists(
                Repository.resolve(document.resolveSibling(link.replaceFirst("#.*", "")))))
        .map(link -> document + ": " + link);
  }

  @Test
  void continuousIntegration_runsTheCommandsThatAreDocumented() {
    List<String> commands =
        Pattern.compile("(?m)^readonly \\w+='(.+)'$")
            .matcher(Repository.text(Path.of(".ci", "run")))
            .results()
            .map(command -> command.group(1))
            .toList();

    assertThat(commands).as("commands of .ci/run").hasSize(3);
    assertThat(Repository.text(Path.of("README.md")).lines())
        .as("the test command of README.md, on a line of its own")
        .contains(commands.getFirst());
    assertThat(Repository.text(Path.of("CONTRIBUTING.md"))).contains(commands);
  }

  /** Every match in texts of ours, as "file:line: match". */
  private static List<String> matches(Pattern pattern) throws IOException {
    return Repository.files().stream()
        .filter(file -> !NOT_OUR_WORDS.matcher(Repository.slashes(file)).matches())
        .flatMap(file -> matches(pattern, file))
        .toList();
  }

  private static Stream<String> matches(Pattern pattern, Path file) {
    String text = Repository.text(file);
    return pattern
        .matcher(text)
        .results()
        .map(match -> file + ":" + line(text, match) + ": " + match.group());
  }

  private static long line(String text, MatchResult match) {
    return 1 + text.substring(0, match.start()).chars().filter(c -> c == '\n').count();
  }
}
