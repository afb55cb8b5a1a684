package io.quant4j.build;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

/** The compiled main classes of all libraries, read once for every test that asks. */
final class LibraryClasses {
  static final JavaClasses ALL =
      new ClassFileImporter()
          .importPaths(Repository.LIBRARIES.stream().map(Repository::classes).toList());

  private LibraryClasses() {}

  /** Name of the top-level class that a class is written in. */
  static String outermost(JavaClass c) {
    return c.getName().replaceFirst("\\$.*", "");
  }
}
