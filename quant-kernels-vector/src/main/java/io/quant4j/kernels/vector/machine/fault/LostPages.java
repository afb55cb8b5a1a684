package io.quant4j.kernels.vector.machine.fault;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.quant4j.api.spi.MappedMemoryWatcher.Watch;
import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The memory under watch, and the handler that looks into it. Linux on x86-64 only. */
final class LostPages {
  /** Watches at a time. */
  private static final int MOST = 1024;

  private static final int SIGBUS = 7;

  /** The kernel's sigaction: handler, flags, restorer, and a mask of eight bytes. */
  private static final int ACTION_BYTES = 32;

  private static final int ACTION_FLAGS = 8;
  private static final int SA_SIGINFO = 4;

  /** The larger of the two handlers that are no functions. */
  private static final int SIG_IGN = 1;

  private static final MemorySegment WATCHES =
      Arena.global().allocate((long) MOST * LostPageCode.WATCH_BYTES, Long.BYTES);
  private static final boolean HANDLED = handle();

  private LostPages() {}

  /** Empty if signals cannot be handled here, or all watches are taken. */
  static synchronized Optional<Watch> watch(long address, long bytes) {
    for (int i = 0; HANDLED && i < MOST; i++) {
      MemorySegment watch =
          WATCHES.asSlice((long) i * LostPageCode.WATCH_BYTES, LostPageCode.WATCH_BYTES);
      if (watch.get(JAVA_LONG, LostPageCode.END) == 0) {
        watch.set(JAVA_LONG, LostPageCode.LOST, 0);
        watch.set(JAVA_LONG, LostPageCode.BEGIN, address);
        watch.set(JAVA_LONG, LostPageCode.END, address + bytes);
        return Optional.of(new Taken(watch));
      }
    }
    return Optional.empty();
  }

  private static final class Taken implements Watch {
    private final MemorySegment watch;
    private boolean closed;

    Taken(MemorySegment watch) {
      this.watch = watch;
    }

    @Override
    public boolean hasLostPages() {
      return watch.get(JAVA_LONG, LostPageCode.LOST) != 0;
    }

    @Override
    public void close() {
      synchronized (LostPages.class) {
        if (!closed) {
          closed = true;
          watch.set(JAVA_LONG, LostPageCode.END, 0);
        }
      }
    }
  }

  /** Puts the handler before that of the JVM, to which it passes on what is not its own. */
  private static boolean handle() {
    MemorySegment ask = Functions.map(ActionCode.of(SIGBUS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(JAVA_LONG);
      MemorySegment action = arena.allocate(ACTION_BYTES, Long.BYTES);
      Functions.rows(ask, MemorySegment.NULL, action, result, 0, 0, 0);
      long before = action.get(JAVA_LONG, 0);
      if (before <= SIG_IGN || (action.get(JAVA_LONG, ACTION_FLAGS) & SA_SIGINFO) == 0) {
        return false;
      }
      byte[] handler = LostPageCode.of(WATCHES.address(), MOST, before);
      action.set(JAVA_LONG, 0, Functions.map(handler).address());
      Functions.rows(ask, action, MemorySegment.NULL, result, 0, 0, 0);
      return result.get(JAVA_LONG, 0) == 0;
    }
  }
}
