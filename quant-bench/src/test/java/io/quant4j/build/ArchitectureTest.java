package io.quant4j.build;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the libraries must keep to and the module system cannot say. */
class ArchitectureTest {
  private static final String ENGINE = "io.quant4j.api.Engine";

  @Test
  void serviceLoader_isUsedInOnePlaceOfEachJar() {
    check(
        noClasses()
            .that(describe("are not " + ENGINE, c -> !LibraryClasses.outermost(c).equals(ENGINE)))
            .and(resideOutsideOfPackages("io.quant4j.core.discovery.."))
            .should()
            .dependOnClassesThat(
                describe(
                    "are ServiceLoader",
                    c -> c.getName().startsWith(ServiceLoader.class.getName())))
            .because(
                "what is installed is decided once, with one error message and one order of"
                    + " preference"));
  }

  @Test
  void standardStreams_areLeftToPrograms() {
    check(
        noClasses()
            .should(ACCESS_STANDARD_STREAMS)
            .because("a library speaks through return values, listeners, exceptions and slf4j"));
  }

  @Test
  void process_isNotEndedByALibrary() {
    check(
        noClasses()
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class)
            .because("the process belongs to the program around us"));
  }

  @Test
  void javaUtilLogging_isNotUsed() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.logging..")
            .because("the host chooses the logging library through slf4j"));
  }

  @Test
  void internalsOfTheJdk_areNotUsed() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("sun..", "jdk.internal..")
            .because(
                "java.lang.foreign replaces sun.misc.Unsafe, which warns and will be removed"));
  }

  @Test
  void packages_areFreeOfCycles() {
    check(
        slices()
            .assignedFrom(new PackagesOfOneFace())
            .should()
            .beFreeOfCycles()
            .because(
                "a package is read, tested and changed on its own only if nothing comes back to"
                    + " it"));
  }

  @Test
  void formats_dependOnNothingElseOfTheEngine() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.quant4j.core.format..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.quant4j.core..")
                    .and(resideOutsideOfPackages("io.quant4j.core.format..")))
            .because(
                "a format defines bytes; algorithms, quantization and models use it, and kernel"
                    + " jars compile against this package alone"));
  }

  @Test
  void gguf_dependsOnTheApiOnly() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.quant4j.gguf..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.quant4j.core..", "io.quant4j.kernels..")
            .because("a container names formats and does no arithmetic on blocks"));
  }

  @Test
  void engine_namesNoKernelAndNoGguf() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.quant4j.core..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.quant4j.gguf..", "io.quant4j.kernels..")
            .because(
                "kernels and containers are found at run time, so that any of them may be left"
                    + " out"));
  }

  @Test
  void kernels_useOfTheEngineTheFormatsOnly() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.quant4j.kernels..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.quant4j.core..")
                    .and(resideOutsideOfPackages("io.quant4j.core.format..")))
            .because(
                "tests run on the class path, where the module system does not hide the rest"));
  }

  @Test
  void vectorProviders_mentionNoVectorType() throws IOException {
    Set<String> providers =
        ServiceFiles.ofClassPath("quant-kernels-vector").values().stream()
            .flatMap(List::stream)
            .collect(Collectors.toSet());
    check(
        noClasses()
            .that(describe("are service providers", c -> providers.contains(c.getName())))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.vector..")
            .because(
                "a provider must load where that module is absent, to say so and let others take"
                    + " over"));
  }

  @Test
  void vectorTypes_stayInTheirJar() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.quant4j.kernels.vector..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.vector..")
            .because("an incubator module changes with every JDK and may be absent"));
  }

  @Test
  void serviceProviders_areFinalAndPublic() throws IOException {
    Set<String> providers = allProviders();
    check(
        classes()
            .that(describe("are service providers", c -> providers.contains(c.getName())))
            .should()
            .bePublic()
            .andShould()
            .haveModifier(JavaModifier.FINAL)
            .because("they are stateless, cheap to construct and not for inheritance"));
  }

  private static Set<String> allProviders() throws IOException {
    Set<String> all = new HashSet<>();
    for (String module : Repository.LIBRARIES) {
      ServiceFiles.ofClassPath(module).values().forEach(all::addAll);
    }
    return all;
  }

  private static void check(ArchRule rule) {
    rule.check(LibraryClasses.ALL);
  }

  /** Packages, with the two faces of the API taken as one. */
  private static final class PackagesOfOneFace implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      String name = javaClass.getPackageName();
      if (!name.startsWith("io.quant4j.")) {
        return SliceIdentifier.ignore();
      }
      // What users call is implemented by extenders and the other way round: Model.load asks an
      // EngineProvider for a Model.
      return SliceIdentifier.of(name.equals("io.quant4j.api.spi") ? "io.quant4j.api" : name);
    }

    @Override
    public String getDescription() {
      return "packages (io.quant4j.api and .spi together)";
    }
  }
}
