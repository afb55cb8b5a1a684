package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InterruptionTest {
  private final Interruption interruption = new Interruption();
  private final AtomicInteger cancelled = new AtomicInteger();

  @Test
  void interrupt_withoutWork_returnsAtOnce() {
    interruption.interrupt();

    try (Interruption.Stretch _ = interruption.during(cancelled::incrementAndGet)) {
      assertThat(cancelled).hasValue(0);
    }
    interruption.interrupt();
    assertThat(cancelled).hasValue(0);
  }

  @Test
  void interrupt_duringWork_cancelsAndWaitsUntilFinished() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch returned = new CountDownLatch(1);
    Runnable cancel =
        () -> {
          cancelled.incrementAndGet();
          asked.countDown();
        };
    try (Interruption.Stretch _ = interruption.during(cancel)) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            interruption.interrupt();
            returned.countDown();
          });
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(returned.getCount()).as("still waiting").isOne();

    interruption.finished();

    assertThat(returned.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(cancelled).hasValue(1);
  }
}
