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
  /** One kind of call for all functions: Java prepares each kind anew, for milliseconds. */
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(
                  ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                  JAVA_LONG, JAVA_LONG, JAVA_LONG),
              Linker.Option.critical(true));

  private Functions() {}

  /** Maps code for as long as the JVM runs: kernels are never given back. */
  public static MemorySegment map(byte[] code) {
    return ExecutableMemory.map(code, Arena.global());
  }

  /** An array from an element on. */
  public static MemorySegment at(float[] array, int offset) {
    return MemorySegment.ofArray(array).asSlice((long) offset * Float.BYTES);
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
    call(function, first, second, third, size, stride, count, 0, 0, 0, 0, 0);
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
    call(
        function,
        panel,
        packed,
        sums,
        vectorStride,
        vectorTiles,
        columns,
        rowTiles,
        first,
        0,
        0,
        0);
  }

  /** See {@link SumsCode}. */
  static void sums(
      MemorySegment function, MemorySegment accumulators, MemorySegment results, long count) {
    call(function, accumulators, results, results, count, 0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * Calls {@code void f(first, second, third, a, b, c, d, e, g, h, i)}: three numbers in registers,
   * five on the stack.
   */
  public static void call(
      MemorySegment function,
      MemorySegment first,
      MemorySegment second,
      MemorySegment third,
      long a,
      long b,
      long c,
      long d,
      long e,
      long g,
      long h,
      long i) {
    try {
      CALL.invokeExact(function, first, second, third, a, b, c, d, e, g, h, i);
    } catch (Throwable thrown) {
      throw ExecutableMemory.unexpected(thrown);
    }
  }
}
