package io.quant4j.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * A provider is found on the module path and on the class path alike only if both declarations name
 * it.
 */
class ServiceDeclarationTest {
  static final List<String> LIBRARIES = Repository.LIBRARIES;

  @ParameterizedTest
  @FieldSource("LIBRARIES")
  void provides_equalsServiceFiles(String module) throws IOException {
    assertThat(ServiceFiles.ofClassPath(module))
        .as("META-INF/services of %s against 'provides' of its module-info", module)
        .isEqualTo(ServiceFiles.ofModulePath(module));
  }

  @ParameterizedTest
  @FieldSource("LIBRARIES")
  void providers_areClassesOfTheirModule(String module) throws IOException {
    for (List<String> providers : ServiceFiles.ofClassPath(module).values()) {
      assertThat(providers)
          .as("providers of %s, each named once", module)
          .doesNotHaveDuplicates()
          .allSatisfy(provider ->
              assertThat(Repository.classes(module).resolve(provider.replace('.', '/') + ".class"))
                  .exists());
    }
  }

  @Test
  void modulesThatDeclare_areAllCompared() throws IOException {
    List<String> declaring =
        Repository.files().stream()
            .map(Repository::slashes)
            .filter(file ->
                file.endsWith("/src/main/java/module-info.java")
                    || file.contains("/src/main/resources/META-INF/services/"))
            .map(file -> file.substring(0, file.indexOf("/src/main/")))
            .distinct()
            .toList();

    assertThat(declaring)
        .as("modules with a module-info or service files, against those that this test compares")
        .hasSameElementsAs(LIBRARIES);
  }
}
