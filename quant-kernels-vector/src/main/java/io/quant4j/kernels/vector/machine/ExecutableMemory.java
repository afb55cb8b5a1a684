package io.quant4j.kernels.vector.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.ErrorLocation;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * Memory that holds code. It is mapped writable, filled, and then made executable and read-only: it
 * is never both writable and executable. Linux only; the numbers are those of its x86-64 headers.
 */
@SuppressWarnings("restricted") // Running code from memory is what this class is for.
public final class ExecutableMemory {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final long MAP_FAILED = -1;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle MMAP =
      function(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MPROTECT =
      function("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle MUNMAP =
      function("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

  private ExecutableMemory() {}

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    SymbolLookup library = LINKER.defaultLookup();
    MemorySegment address =
        library
            .find(name)
            .orElseThrow(() -> refused("the C library has no " + name, "Use another backend."));
    return LINKER.downcallHandle(address, descriptor);
  }

  /**
   * Maps code.
   *
   * @param code runs at any address
   * @param arena unmaps it on close
   * @return the code's address, and its length
   * @throws BackendUnavailableException if the system does not give executable memory
   */
  public static MemorySegment map(byte[] code, Arena arena) {
    MemorySegment memory = writable(code.length, arena);
    MemorySegment.copy(code, 0, memory, JAVA_BYTE, 0, code.length);
    if (protect(memory) != 0) {
      throw refused(
          "the system does not let memory be made executable",
          "Allow it for this process (SELinux: the permission execmem), or go on without.");
    }
    return memory.asReadOnly();
  }

  private static MemorySegment writable(long length, Arena arena) {
    long address;
    try {
      address =
          (long)
              MMAP.invokeExact(
                  0L, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
    } catch (Throwable e) {
      throw unexpected(e);
    }
    if (address == MAP_FAILED) {
      throw refused("the system has no memory for " + length + " bytes of code", "Free some.");
    }
    return MemorySegment.ofAddress(address).reinterpret(length, arena, ExecutableMemory::unmap);
  }

  private static int protect(MemorySegment memory) {
    try {
      return (int) MPROTECT.invokeExact(memory, memory.byteSize(), PROT_READ | PROT_EXEC);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static void unmap(MemorySegment memory) {
    try {
      if ((int) MUNMAP.invokeExact(memory, memory.byteSize()) != 0) {
        throw new AssertionError("munmap refused what mmap gave");
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static BackendUnavailableException refused(String reason, String remedy) {
    return new BackendUnavailableException(ErrorLocation.subject("machine code"), reason, remedy);
  }

  /** Functions of C throw nothing; what arrives here is an error of the JVM. */
  public static RuntimeException unexpected(Throwable e) {
    return switch (e) {
      case RuntimeException runtime -> runtime;
      case Error error -> throw error;
      default -> throw new AssertionError("a function of C throws nothing", e);
    };
  }
}
