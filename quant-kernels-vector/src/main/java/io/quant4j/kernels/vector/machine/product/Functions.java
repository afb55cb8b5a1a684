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
 * The garbage collector waits for it. Nothing is allocated.
 */
@SuppressWarnings("restricted") // Calls of generated code are what this class is for.
public final class Functions {
  /** One kind of call for all functions: Java prepares each kind anew, for milliseconds. */
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              map(EntryCode.bytes()),
              FunctionDescriptor.ofVoid(
                  ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                  JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
              Linker.Option.critical(true));

  private Functions() {}

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
    call(function, first, 0, second, 0, third, 0, size, stride, count, 0, 0, 0, 0, 0);
  }

  /**
   * The same with an array, and each from a place on.
   *
   * @param firstAt bytes
   * @param secondAt bytes
   * @param thirdAt elements
   */
  public static void rows(
      MemorySegment function,
      MemorySegment first,
      long firstAt,
      MemorySegment second,
      long secondAt,
      float[] third,
      int thirdAt,
      long size,
      long stride,
      long count) {
    MemorySegment array = ArraySegments.of(third);
    long at = bytes(thirdAt);
    call(function, first, firstAt, second, secondAt, array, at, size, stride, count, 0, 0, 0, 0, 0);
  }

  /** The same with arrays from an element on. */
  public static void rows(
      MemorySegment function,
      float[] first,
      int firstAt,
      float[] second,
      int secondAt,
      float[] third,
      int thirdAt,
      long size,
      long stride,
      long count) {
    call(
        function, first, firstAt, second, secondAt, third, thirdAt, size, stride, count, 0, 0, 0, 0,
        0);
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
        0,
        packed,
        0,
        sums,
        0,
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
    rows(function, accumulators, results, results, count, 0, 0);
  }

  /**
   * Calls {@code void f(first, second, third, a, b, c, d, e, g, h, i)} with arrays from an element
   * on: three numbers in registers, five on the stack.
   */
  public static void call(
      MemorySegment function,
      float[] first,
      int firstAt,
      float[] second,
      int secondAt,
      float[] third,
      int thirdAt,
      long a,
      long b,
      long c,
      long d,
      long e,
      long g,
      long h,
      long i) {
    call(
        function,
        ArraySegments.of(first),
        bytes(firstAt),
        ArraySegments.of(second),
        bytes(secondAt),
        ArraySegments.of(third),
        bytes(thirdAt),
        a,
        b,
        c,
        d,
        e,
        g,
        h,
        i);
  }

  private static long bytes(int floats) {
    return (long) floats * Float.BYTES;
  }

  private static void call(
      MemorySegment function,
      MemorySegment first,
      long firstAt,
      MemorySegment second,
      long secondAt,
      MemorySegment third,
      long thirdAt,
      long a,
      long b,
      long c,
      long d,
      long e,
      long g,
      long h,
      long i) {
    long code = function.address();
    try {
      CALL.invokeExact(
          first, second, third, a, b, c, d, e, g, h, i, firstAt, secondAt, thirdAt, code);
    } catch (Throwable thrown) {
      throw ExecutableMemory.unexpected(thrown);
    }
  }
}
