package io.quant4j.kernels.vector.machine.product;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory between two pages that may not be touched: code that does ends the process. Linux on
 * x86-64 only, and mapped as long as the process lives.
 */
final class FencedMemory {
  private static final int PAGE = 4096;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  private final MemorySegment inside;

  /** At least so many bytes. */
  @SuppressWarnings("restricted") // Fences are made of protected pages.
  FencedMemory(long bytes) throws Throwable {
    long size = (bytes + PAGE - 1) / PAGE * PAGE;
    MethodHandle map =
        function(
            "mmap",
            FunctionDescriptor.of(
                ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    MethodHandle protect =
        function("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    MemorySegment all =
        (MemorySegment) map.invokeExact(0L, size + 2 * PAGE, 0, MAP_PRIVATE_ANONYMOUS, -1, 0L);
    this.inside = MemorySegment.ofAddress(all.address() + PAGE).reinterpret(size);
    if ((int) protect.invokeExact(inside, size, PROT_READ_WRITE) != 0) {
      throw new AssertionError("no memory of " + size + " bytes between fences");
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }

  /** A copy right behind the first fence. */
  MemorySegment first(MemorySegment bytes) {
    return inside.asSlice(0, bytes.byteSize()).copyFrom(bytes);
  }

  /** A copy right before the last fence. */
  MemorySegment last(MemorySegment bytes) {
    return inside.asSlice(inside.byteSize() - bytes.byteSize()).copyFrom(bytes);
  }
}
