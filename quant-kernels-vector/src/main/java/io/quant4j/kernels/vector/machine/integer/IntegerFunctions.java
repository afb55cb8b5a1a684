package io.quant4j.kernels.vector.machine.integer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.quant4j.kernels.vector.machine.ExecutableMemory;
import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The generated function that prepares vectors; a call takes less than a microsecond. */
@SuppressWarnings("restricted") // Calls of generated code are what this class is for.
final class IntegerFunctions {
  private static final MethodHandle SPLIT =
      Linker.nativeLinker()
          .downcallHandle(
              Functions.map(SplitCode.bytes()),
              FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_LONG),
              Linker.Option.critical(true));

  private IntegerFunctions() {}

  /** See {@link SplitCode}. */
  static void split(MemorySegment floats, MemorySegment records, long groups) {
    try {
      SPLIT.invokeExact(floats, records, groups);
    } catch (Throwable e) {
      throw ExecutableMemory.unexpected(e);
    }
  }
}
