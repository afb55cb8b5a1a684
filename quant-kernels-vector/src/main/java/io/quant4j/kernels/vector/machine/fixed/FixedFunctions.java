package io.quant4j.kernels.vector.machine.fixed;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.quant4j.kernels.vector.machine.ExecutableMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The generated functions, mapped for as long as the JVM runs; each call takes microseconds. */
@SuppressWarnings("restricted") // Calls of generated code are what this class is for.
final class FixedFunctions {
  private static final MethodHandle ROUND_WEIGHTS = round(GroupLayout.WEIGHTS);
  private static final MethodHandle ROUND_VECTORS = round(GroupLayout.VECTORS);
  private static final MethodHandle TILE_OF_2 = tile(2);
  private static final MethodHandle TILE_OF_4 = tile(4);
  private static final MethodHandle TILE_OF_6 = tile(6);

  private FixedFunctions() {}

  private static MethodHandle round(GroupLayout layout) {
    return handle(
        RoundCode.of(layout), FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
  }

  private static MethodHandle tile(int vectors) {
    return handle(
        FixedTileCode.of(vectors),
        FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  }

  private static MethodHandle handle(byte[] code, FunctionDescriptor descriptor) {
    return Linker.nativeLinker()
        .downcallHandle(
            ExecutableMemory.map(code, Arena.global()), descriptor, Linker.Option.critical(true));
  }

  /** See {@link RoundCode}. */
  static void roundWeights(
      MemorySegment floats, MemorySegment integers, MemorySegment scales, long groups) {
    try {
      ROUND_WEIGHTS.invokeExact(floats, integers, scales, groups);
    } catch (Throwable e) {
      throw ExecutableMemory.unexpected(e);
    }
  }

  /** See {@link RoundCode}. */
  static void roundVectors(
      MemorySegment floats, MemorySegment integers, MemorySegment scales, long groups) {
    try {
      ROUND_VECTORS.invokeExact(floats, integers, scales, groups);
    } catch (Throwable e) {
      throw ExecutableMemory.unexpected(e);
    }
  }

  /**
   * See {@link FixedTileCode}.
   *
   * @param count of vectors that are there, at least 1; more than those of a tile do not count
   */
  static void tile(
      int count,
      MemorySegment vectors,
      MemorySegment weights,
      MemorySegment out,
      long groups,
      long tiles,
      long first) {
    try {
      if (count > 4) {
        TILE_OF_6.invokeExact(vectors, weights, out, groups, tiles, first);
      } else if (count > 2) {
        TILE_OF_4.invokeExact(vectors, weights, out, groups, tiles, first);
      } else {
        TILE_OF_2.invokeExact(vectors, weights, out, groups, tiles, first);
      }
    } catch (Throwable e) {
      throw ExecutableMemory.unexpected(e);
    }
  }
}
