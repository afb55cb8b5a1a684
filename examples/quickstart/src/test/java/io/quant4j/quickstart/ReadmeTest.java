package io.quant4j.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README shows code that compiles and runs: {@link Snippet}. */
class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("quant4j.root"));
  private static final Path SNIPPET =
      ROOT.resolve("examples/quickstart/src/main/java/io/quant4j/quickstart/Snippet.java");
  private static final Pattern BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
  private static final Pattern REGION =
      Pattern.compile("// @start region=\"readme\"\\R(.*?)[ ]*// @end", Pattern.DOTALL);

  @Test
  void firstJavaBlockOfReadme_isTheCompiledRegion() throws IOException {
    List<String> blocks = groups(BLOCK, ROOT.resolve("README.md"));
    List<String> regions = groups(REGION, SNIPPET);

    assertThat(regions).hasSize(1);
    assertThat(blocks).as("java blocks of README.md").isNotEmpty();
    assertThat(blocks.getFirst().stripTrailing())
        .isEqualTo(regions.getFirst().stripTrailing().stripIndent());
  }

  @Test
  void region_isTenLines() throws IOException {
    assertThat(groups(REGION, SNIPPET).getFirst().lines()).hasSizeLessThanOrEqualTo(10);
  }

  private static List<String> groups(Pattern pattern, Path file) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
