package io.quant4j.cli;

import java.lang.reflect.Method;
import java.util.Optional;

/**
 * What the Vector API offers here.
 *
 * @param present whether its module was resolved when the virtual machine started
 * @param bits preferred vector width; empty if the module is absent
 */
record VectorFacts(boolean present, Optional<Integer> bits) {
  private static final String MODULE = "jdk.incubator.vector";

  /** Asks by reflection: this class must load without the module. */
  static VectorFacts gather() {
    boolean present = ModuleLayer.boot().findModule(MODULE).isPresent();
    return new VectorFacts(present, present ? Optional.of(preferredBits()) : Optional.empty());
  }

  private static int preferredBits() {
    try {
      Class<?> shape = Class.forName(MODULE + ".VectorShape");
      Method preferred = shape.getMethod("preferredShape");
      Method bits = shape.getMethod("vectorBitSize");
      return (int) bits.invoke(preferred.invoke(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the Vector API of this Java release is another one", e);
    }
  }
}
