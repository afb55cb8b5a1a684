package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.OperationCancelledException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkQueueTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void handle_callsEveryNumberOnce(int threads) {
    AtomicIntegerArray calls = new AtomicIntegerArray(1000);

    ChunkQueue.handle(threads, 1000, () -> calls::incrementAndGet);

    for (int i = 0; i < 1000; i++) {
      assertThat(calls.get(i)).as("number %d", i).isEqualTo(1);
    }
  }

  @Test
  void handle_ofNothing_returns() {
    ChunkQueue.handle(
        4,
        0,
        () ->
            n -> {
              throw new AssertionError("number " + n);
            });
  }

  @Test
  void handle_usesTheCallerAndOneWorkerPerThread() throws InterruptedException {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch allIn = new CountDownLatch(3);

    ChunkQueue.handle(
        3,
        3,
        () ->
            n -> {
              threads.add(Thread.currentThread());
              allIn.countDown();
              await(allIn);
            });

    assertThat(threads).hasSize(3).contains(Thread.currentThread());
  }

  @Test
  void handle_withTwoFailures_throwsThatOfTheLowerNumber() {
    CountDownLatch laterFailed = new CountDownLatch(1);

    assertThatThrownBy(() ->
            ChunkQueue.handle(
                2,
                100,
                () ->
                    n -> {
                      if (n == 0) {
                        await(laterFailed);
                      } else {
                        laterFailed.countDown();
                      }
                      throw new IllegalArgumentException("number " + n);
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("number 0");
  }

  @Test
  void handle_afterAFailure_beginsNothingMore() {
    AtomicIntegerArray calls = new AtomicIntegerArray(1000);

    assertThatThrownBy(() ->
            ChunkQueue.handle(
                1,
                1000,
                () ->
                    n -> {
                      calls.incrementAndGet(n);
                      if (n == 17) {
                        throw new IllegalArgumentException("here");
                      }
                    }))
        .hasMessage("here");
    assertThat(calls.get(17)).isEqualTo(1);
    assertThat(calls.get(18)).isZero();
  }

  @Test
  void handle_whenOneWorkerCannotBegin_stopsTheOthersAndThrows() {
    AtomicInteger begun = new AtomicInteger();

    assertThatThrownBy(() ->
            ChunkQueue.handle(
                2,
                Integer.MAX_VALUE,
                () -> {
                  if (begun.incrementAndGet() == 2) {
                    throw new OutOfMemoryError("buffers");
                  }
                  return n -> Thread.onSpinWait();
                }))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage("buffers");
  }

  @Test
  void handle_inAnInterruptedThread_stopsAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> ChunkQueue.handle(1, 10, () -> n -> {}))
          .isInstanceOf(OperationCancelledException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
