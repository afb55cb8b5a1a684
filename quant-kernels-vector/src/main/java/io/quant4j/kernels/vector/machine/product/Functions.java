package io.quant4j.kernels.vector.machine.product;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.quant4j.kernels.vector.machine.ExecutableMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * How generated functions are called: arrays are passed where they lie, so a call must be short.
 * The garbage collector waits for it.
 */
@SuppressWarnings("restricted") // Calls of generated code are what this class is for.
public final class Functions {
  private static final MethodHandle ROWS =
      handle(FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle TILE =
      handle(
          FunctionDescriptor.ofVoid(
              ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle SUMS =
      handle(FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_LONG));

  private Functions() {}

  private static MethodHandle handle(FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(descriptor, Linker.Option.critical(true));
  }

  /** Maps code for as long as the JVM runs: kernels are never given back. */
  public static MemorySegment map(byte[] code) {
    return ExecutableMemory.map(code, Arena.global());
  }

  /**
   * Calls {@code void f(first, second, third, size, stride, count)}: see {@link RowsCode}, {@link
   * PanelCode} and {@link PackCode}, and the code of encoders. What they are is the function's.
   */
  public static void rows(
      MemorySegment function,
      MemorySegment first,
      MemorySegment second,
      MemorySegment third,
      long size,
      long stride,
      long count) {
    try {
      ROWS.invokeExact(function, first, second, third, size, stride, count);
    } catch (Throwable e) {
      throw ExecutableMemory.unexpected(e);
    }
  }

  /** See {@link TileCode}. */
  static void tile(
      MemorySegment function,
      MemorySegment panel,
      MemorySegment packed,
      MemorySegment sums,
      long vectorStride,
      long vectorTiles,
      long columns,
      long rowTiles,
      long first) {
    try {
      TILE.invokeExact(
          function, panel, packed, sums, vectorStride, vectorTiles, columns, rowTiles, first);
    } catch (Throwable e) {
      throw ExecutableMemory.unexpected(e);
    }
  }

  /** See {@link SumsCode}. */
  static void sums(
      MemorySegment function, MemorySegment accumulators, MemorySegment results, long count) {
    try {
      SUMS.invokeExact(function, accumulators, results, count);
    } catch (Throwable e) {
      throw ExecutableMemory.unexpected(e);
    }
  }
}
