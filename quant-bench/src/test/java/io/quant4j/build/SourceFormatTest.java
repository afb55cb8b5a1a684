package io.quant4j.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.StringWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every Java file reads as google-java-format writes it, without unused imports. The formatter's
 * own Maven plugins run inside Maven's JVM, which may be too old for it; a test runs on the JDK
 * that the build selects.
 */
class SourceFormatTest {
  private static final boolean APPLY = "apply".equals(System.getProperty("quant4j.format"));
  private static final String REMEDY =
      "./mvnw -q -pl quant-bench -am test -Dtest=SourceFormatTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dquant4j.format=apply";

  @Test
  void everyJavaFile_isFormatted() throws IOException {
    List<Path> differing =
        Repository.javaFiles().parallelStream().filter(SourceFormatTest::differs).toList();

    assertThat(differing).as("files to be formatted with%n  %s%n", REMEDY).isEmpty();
  }

  /** Whether a file has another format and, in this run, keeps it. */
  private static boolean differs(Path file) {
    String source = Repository.text(file);
    String formatted = format(file, source);
    if (APPLY && !formatted.equals(source)) {
      write(file, formatted);
      return false;
    }
    return !formatted.equals(source);
  }

  private static String format(Path file, String source) {
    try {
      Formatter formatter = new Formatter();
      return StringWrapper.wrap(formatter.formatSourceAndFixImports(source), formatter);
    } catch (FormatterException e) {
      throw new AssertionError(file + " cannot be formatted: " + e.getMessage(), e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(Repository.resolve(file), text);
    } catch (IOException e) {
      throw new AssertionError(file + " cannot be rewritten", e);
    }
  }
}
