package io.quant4j.core.memory;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Large memory in pages of 2 MiB instead of 4 KiB, so that the processor finds addresses in its own
 * tables when all of it is read over and over. Linux gives them to whoever asks (<a
 * href="https://docs.kernel.org/admin-guide/mm/transhuge.html">transparent huge pages</a>) and
 * takes ordinary ones where it has none left. The numbers below are those of its headers for x86-64
 * and AArch64.
 */
@SuppressWarnings("restricted") // Java itself cannot ask for pages of another size.
public final class HugePages {
  /** Bytes of a huge page. */
  public static final long PAGE = 2L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(HugePages.class);

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;
  private static final long MAP_FAILED = -1;
  private static final Path USAGE = Path.of("/proc/self/smaps_rollup");

  private HugePages() {}

  /** Functions of the C library. */
  private record C(MethodHandle mmap, MethodHandle madvise, MethodHandle munmap) {
    /**
     * Finds them.
     *
     * @throws IllegalCallerException if this JVM does not let us call native code
     */
    static C open() {
      return new C(
          function(
              "mmap",
              FunctionDescriptor.of(
                  JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG)),
          function("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT)),
          function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG)));
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    long map(long length) {
      long address;
      try {
        address =
            (long) mmap.invokeExact(0L, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
      } catch (Throwable e) {
        throw unexpected(e);
      }
      if (address == MAP_FAILED) {
        throw refused(length, "the system does not give them", null);
      }
      return address;
    }

    int advise(MemorySegment memory) {
      try {
        return (int) madvise.invokeExact(memory.address(), memory.byteSize(), MADV_HUGEPAGE);
      } catch (Throwable e) {
        throw unexpected(e);
      }
    }

    void unmap(MemorySegment memory) {
      int status;
      try {
        status = (int) munmap.invokeExact(memory.address(), memory.byteSize());
      } catch (Throwable e) {
        throw unexpected(e);
      }
      if (status != 0) {
        throw new AssertionError("munmap refused what mmap gave");
      }
    }

    /** Functions of C throw nothing; what arrives here is an error of the JVM. */
    private static RuntimeException unexpected(Throwable e) {
      return switch (e) {
        case RuntimeException runtime -> runtime;
        case Error error -> throw error;
        default -> throw new AssertionError("a function of C throws nothing", e);
      };
    }
  }

  /**
   * Zeroed memory, in huge pages where that can be had; the log says so where not. On Linux it
   * takes no memory before it is written.
   *
   * @param arena frees it on close
   * @throws InvalidRequestException if the system has not got so much
   */
  public static MemorySegment allocate(long bytes, Arena arena) {
    return allocate(bytes, arena, System.getProperty("os.name", ""));
  }

  static MemorySegment allocate(long bytes, Arena arena, String system) {
    if (!system.toLowerCase(Locale.ROOT).contains("linux")) {
      return ordinary(bytes, arena, "they are asked for on Linux only, not on " + system);
    }
    try {
      return mapped(C.open(), bytes, arena);
    } catch (IllegalCallerException e) {
      Module module = HugePages.class.getModule();
      String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
      return ordinary(
          bytes,
          arena,
          "the JVM does not let it call native code; start java with --enable-native-access="
              + name);
    }
  }

  private static MemorySegment ordinary(long bytes, Arena arena, String reason) {
    LOG.info("memory is in ordinary pages instead of huge ones: {}", reason);
    try {
      return arena.allocate(bytes, 64);
    } catch (OutOfMemoryError e) {
      throw refused(bytes, String.valueOf(e.getMessage()), e);
    }
  }

  private static InvalidRequestException refused(
      long bytes, String reason, @Nullable Throwable cause) {
    return new InvalidRequestException(
        ErrorLocation.subject("weights"),
        "there is no memory of %,d bytes outside the heap: %s".formatted(bytes, reason),
        "Leave the weights in the mapped file, or free memory.",
        cause);
  }

  private static MemorySegment mapped(C c, long bytes, Arena arena) {
    long length = bytes + PAGE; // so that a whole page begins in it
    long address = c.map(length);
    MemorySegment all = MemorySegment.ofAddress(address).reinterpret(length, arena, c::unmap);
    MemorySegment aligned = all.asSlice(-address & PAGE - 1, bytes);
    if (c.advise(aligned) != 0) {
      LOG.info("memory is in ordinary pages instead of huge ones: the kernel does not know them");
    }
    return aligned;
  }

  /** Bytes of this process that lie in huge pages; empty where the system does not tell. */
  public static OptionalLong used() {
    try {
      return Files.isReadable(USAGE)
          ? ProcFile.bytes(Files.readString(USAGE), "AnonHugePages")
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
