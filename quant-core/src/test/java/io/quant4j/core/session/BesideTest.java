package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class BesideTest {
  @Test
  void work_isDoneByAThreadOfItsOwn() {
    Beside<String> work = Beside.start("beside", () -> Thread.currentThread().getName());

    assertThat(work.join()).isEqualTo("beside");
    assertThat(work.join()).as("asked for again").isEqualTo("beside");
  }

  @Test
  void failure_reachesWhoeverWaits() {
    RuntimeException failure = new IllegalStateException("no");
    Beside<String> work =
        Beside.start(
            "beside",
            () -> {
              throw failure;
            });

    assertThatThrownBy(work::join).isSameAs(failure);
  }

  @Test
  void error_reachesWhoeverWaits() {
    Error failure = new NoClassDefFoundError("gone");
    Beside<String> work =
        Beside.start(
            "beside",
            () -> {
              throw failure;
            });

    assertThatThrownBy(work::join).isSameAs(failure);
  }

  @Test
  void interrupt_isKeptForTheCaller() {
    CountDownLatch begin = new CountDownLatch(1);
    Beside<Integer> work =
        Beside.start(
            "beside",
            () -> {
              await(begin);
              return 7;
            });
    Thread.currentThread().interrupt();
    Thread.ofPlatform().daemon().start(begin::countDown);

    assertThat(work.join()).isEqualTo(7);
    assertThat(Thread.interrupted()).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
