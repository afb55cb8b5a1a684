package io.quant4j.kernels.vector.machine.fixed;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.quant4j.kernels.vector.machine.ExecutableMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The generated functions, mapped for as long as the JVM runs; each call takes microseconds. */
@SuppressWarnings("restricted") // Calls of generated code are what this class is for.
final class FixedFunctions {
  private static final MethodHandle ROUND =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG),
              Linker.Option.critical(true));
  private static final Map<StoredFloats, MemorySegment> ROUND_WEIGHTS = roundWeights();
  private static final MemorySegment ROUND_VECTORS =
      map(RoundCode.of(StoredFloats.FLOATS, GroupLayout.VECTORS));
  private static final MethodHandle TILE_OF_2 = tile(2);
  private static final MethodHandle TILE_OF_4 = tile(4);
  private static final MethodHandle TILE_OF_6 = tile(6);

  private FixedFunctions() {}

  private static Map<StoredFloats, MemorySegment> roundWeights() {
    return Arrays.stream(StoredFloats.values())
        .collect(
            Collectors.toMap(
                Function.identity(),
                numbers -> map(RoundCode.of(numbers, GroupLayout.WEIGHTS)),
                (first, second) -> first,
                () -> new EnumMap<>(StoredFloats.class)));
  }

  private static MethodHandle tile(int vectors) {
    return Linker.nativeLinker()
        .downcallHandle(
            map(FixedTileCode.of(vectors)),
            FunctionDescriptor.ofVoid(
                ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG,
                JAVA_LONG),
            Linker.Option.critical(true));
  }

  private static MemorySegment map(byte[] code) {
    return ExecutableMemory.map(code, Arena.global());
  }

  /** See {@link RoundCode}. */
  static void roundWeights(
      StoredFloats numbers,
      MemorySegment stored,
      MemorySegment integers,
      MemorySegment scales,
      long groups) {
    round(Objects.requireNonNull(ROUND_WEIGHTS.get(numbers)), stored, integers, scales, groups);
  }

  /** See {@link RoundCode}. */
  static void roundVectors(
      MemorySegment floats, MemorySegment integers, MemorySegment scales, long groups) {
    round(ROUND_VECTORS, floats, integers, scales, groups);
  }

  private static void round(
      MemorySegment code,
      MemorySegment stored,
      MemorySegment integers,
      MemorySegment scales,
      long groups) {
    try {
      ROUND.invokeExact(code, stored, integers, scales, groups);
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
      long halves,
      long tiles,
      long step,
      MemorySegment ahead,
      long stride,
      long first) {
    try {
      if (count > 4) {
        TILE_OF_6.invokeExact(vectors, weights, out, halves, tiles, step, ahead, stride, first);
      } else if (count > 2) {
        TILE_OF_4.invokeExact(vectors, weights, out, halves, tiles, step, ahead, stride, first);
      } else {
        TILE_OF_2.invokeExact(vectors, weights, out, halves, tiles, step, ahead, stride, first);
      }
    } catch (Throwable e) {
      throw ExecutableMemory.unexpected(e);
    }
  }
}
