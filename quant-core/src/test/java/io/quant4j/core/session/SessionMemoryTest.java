package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What sessions leave behind: nothing. */
class SessionMemoryTest {
  private static final int SESSIONS = 10_000;

  /** Sessions that compute something; the others only open and close. */
  private static final int EVERY = 50;

  private static final long MIB = 1 << 20;

  /** What lives after a collection, and what lies outside the heap. */
  private record Memory(long heap, long buffers, int threads) {

    static Memory now() {
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      List<BufferPoolMXBean> pools = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);
      return new Memory(
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
          pools.stream().mapToLong(BufferPoolMXBean::getMemoryUsed).sum(),
          ManagementFactory.getThreadMXBean().getThreadCount());
    }
  }

  private static void openAndClose(Model model, int count) {
    for (int i = 0; i < count; i++) {
      try (InferenceSession session = model.newSession(64)) {
        if (i % EVERY == 0) {
          session.evaluate(1, 2, 3);
        }
      }
    }
  }

  @Test
  void tenThousandSessions_leaveMemoryAsItWas() {
    try (Model model = Model.load(TinyNovels.directory(), LoadOptions.defaults().withThreads(2))) {
      openAndClose(model, 200);
      Memory before = Memory.now();
      openAndClose(model, SESSIONS);
      Memory after = Memory.now();
      assertThat(after.heap).isLessThan(before.heap + 2 * MIB);
      assertThat(after.buffers).isEqualTo(before.buffers);
      assertThat(after.threads).isLessThanOrEqualTo(before.threads);
    }
  }
}
