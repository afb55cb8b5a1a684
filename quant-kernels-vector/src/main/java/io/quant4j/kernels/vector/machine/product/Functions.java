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
final class Functions {
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
  static MemorySegment map(byte[] code) {
    return ExecutableMemory.map(code, Arena.global());
  }

  /** See {@link RowsCode} and {@link PanelCode}. */
  static void rows(
      MemorySegment function,
      MemorySegment weights,
      MemorySegment x,
      MemorySegment y,
      long blocks,
      long rowBytes,
      long rows) {
    try {
      ROWS.invokeExact(function, weights, x, y, blocks, rowBytes, rows);
    } catch (Throwable e) {
      throw ExecutableMemory.unexpected(e);
    }
  }

  /** See {@link TileCode}. */
  static void tile(
      MemorySegment function,
      MemorySegment panel,
      MemorySegment x,
      MemorySegment sums,
      long xStride,
      long last,
      long stretch,
      long tiles,
      long first) {
    try {
      TILE.invokeExact(function, panel, x, sums, xStride, last, stretch, tiles, first);
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
