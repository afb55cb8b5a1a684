package io.quant4j.build;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.quant4j.api.error.QuantException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the libraries throw on purpose: leaves of {@link QuantException}, or what is listed here
 * with a reason.
 */
class ExceptionRulesTest {
  /** "class throws exception" -> why no leaf of {@link QuantException} fits. */
  private static final Map<String, String> EXCEPTIONS =
      Map.of(
          "io.quant4j.core.session.TextGeneration throws java.util.NoSuchElementException",
          "java.util.Iterator asks for it after the last token",
          "io.quant4j.gguf.file.NumberArray throws java.lang.IllegalStateException",
          "callers ask for the element type first; no file reaches it");

  @Test
  void leaves_areFinalPublicAndTogether() {
    classes()
        .that()
        .areAssignableTo(QuantException.class)
        .and()
        .doNotHaveFullyQualifiedName(QuantException.class.getName())
        .should()
        .haveModifier(JavaModifier.FINAL)
        .andShould()
        .bePublic()
        .andShould()
        .resideInAPackage("io.quant4j.api.error")
        .because(
            "callers catch a leaf by what they must do about it, and see all of them in one place")
        .check(LibraryClasses.ALL);
  }

  @Test
  void exceptions_areLeavesOfQuantException() {
    assertThat(foreignExceptions())
        .as("exceptions that are no leaf of QuantException, against those listed with a reason")
        .hasSameElementsAs(EXCEPTIONS.keySet());
  }

  /** Every place that makes an exception of another kind, as "class throws exception". */
  private static Stream<String> foreignExceptions() {
    return LibraryClasses.ALL.stream()
        .flatMap(c ->
            Stream.<JavaCodeUnitAccess<?>>concat(
                c.getConstructorCallsFromSelf().stream(),
                c.getConstructorReferencesFromSelf().stream()))
        .filter(access -> isForeign(access.getTargetOwner()))
        .filter(access -> !mayThrow(access.getOrigin(), access.getTargetOwner()))
        .map(access ->
            LibraryClasses.outermost(access.getOriginOwner())
                + " throws "
                + access.getTargetOwner().getName())
        .distinct();
  }

  private static boolean isForeign(JavaClass made) {
    return made.isAssignableTo(Throwable.class) && !made.isAssignableTo(QuantException.class);
  }

  /**
   * Constructors of exceptions call their parent's; the compiler writes MatchException into pattern
   * switches; an AssertionError says that the code is wrong, not the input.
   */
  private static boolean mayThrow(JavaCodeUnit origin, JavaClass made) {
    return origin.getOwner().isAssignableTo(Throwable.class)
        || made.isEquivalentTo(MatchException.class)
        || made.isEquivalentTo(AssertionError.class)
        || (made.isEquivalentTo(IllegalArgumentException.class) && checksARecordOfTheApi(origin));
  }

  /**
   * A value of the API that cannot exist is refused where it would come into being, as in the JDK.
   */
  private static boolean checksARecordOfTheApi(JavaCodeUnit origin) {
    return origin.isConstructor()
        && origin.getOwner().isRecord()
        && origin.getOwner().getPackageName().startsWith("io.quant4j.api");
  }
}
