/**
 * Contract suites, one per extension point: abstract JUnit classes that a concrete subclass feeds
 * with what it wants tested. Published as this module's {@code tests} jar.
 */
@NullMarked
package io.quant4j.contract;

import org.jspecify.annotations.NullMarked;
