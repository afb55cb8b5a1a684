package io.quant4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ThreadTeamTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void run_everyWorkerExactlyOnce(int size) {
    try (ThreadTeam team = new ThreadTeam(size)) {
      for (int round = 0; round < 1_000; round++) {
        AtomicIntegerArray calls = new AtomicIntegerArray(size);
        team.run((worker, workers) -> {
          assertThat(workers).isEqualTo(size);
          calls.incrementAndGet(worker);
        });
        for (int worker = 0; worker < size; worker++) {
          assertThat(calls.get(worker)).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void run_afterAPause_workersWakeUp() throws InterruptedException {
    try (ThreadTeam team = new ThreadTeam(3)) {
      AtomicInteger calls = new AtomicInteger();
      for (int round = 0; round < 5; round++) {
        Thread.sleep(20); // longer than workers spin
        team.run((worker, workers) -> calls.incrementAndGet());
      }
      assertThat(calls.get()).isEqualTo(15);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void run_workerFails_callerSeesItAndTeamGoesOn(int failing) {
    try (ThreadTeam team = new ThreadTeam(2)) {
      assertThatThrownBy(() ->
              team.run((worker, workers) -> {
                if (worker == failing) {
                  throw new IllegalArgumentException("planted");
                }
              }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("planted");
      AtomicInteger calls = new AtomicInteger();
      team.run((worker, workers) -> calls.incrementAndGet());
      assertThat(calls.get()).isEqualTo(2);
    }
  }

  @Test
  void run_severalCallers_tasksDoNotMix() throws InterruptedException {
    try (ThreadTeam team = new ThreadTeam(2)) {
      AtomicLong sum = new AtomicLong();
      AtomicInteger inside = new AtomicInteger();
      var overlaps = ConcurrentHashMap.newKeySet();
      List<Thread> callers = new ArrayList<>();
      for (int c = 0; c < 4; c++) {
        callers.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int round = 0; round < 200; round++) {
                    team.run((worker, workers) -> {
                      if (inside.incrementAndGet() > 2) {
                        overlaps.add(worker);
                      }
                      sum.incrementAndGet();
                      inside.decrementAndGet();
                    });
                  }
                }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(sum.get()).isEqualTo(4 * 200 * 2);
      assertThat(overlaps).isEmpty();
    }
  }

  @Test
  void close_endsItsThreads() throws InterruptedException {
    ThreadTeam team = new ThreadTeam(3);
    CyclicBarrier allAtOnce = new CyclicBarrier(3);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    team.run((worker, count) -> {
      meet(allAtOnce); // so that each share is done by another thread
      threads.add(Thread.currentThread());
    });
    team.close();
    team.close();
    threads.remove(Thread.currentThread());
    for (Thread thread : threads) {
      thread.join();
      assertThat(thread.isAlive()).isFalse();
    }
    assertThat(threads).hasSize(2);
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void runChunks_everyChunkExactlyOnce(int size) {
    try (ThreadTeam team = new ThreadTeam(size)) {
      for (int chunks : new int[] {0, 1, 2, size, 100, 1_001}) {
        AtomicIntegerArray calls = new AtomicIntegerArray(chunks);
        AtomicIntegerArray inside = new AtomicIntegerArray(size);
        team.run(
            chunks,
            (chunk, thread) -> {
              assertThat(inside.incrementAndGet(thread)).isEqualTo(1);
              calls.incrementAndGet(chunk);
              inside.decrementAndGet(thread);
            });
        for (int chunk = 0; chunk < chunks; chunk++) {
          assertThat(calls.get(chunk)).as("chunk %d of %d", chunk, chunks).isEqualTo(1);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void runChunks_aThreadThatStandsStill_keepsOneChunkOnly(int size) {
    int chunks = 64;
    AtomicInteger done = new AtomicInteger();
    AtomicInteger stuck = new AtomicInteger();
    CountDownLatch isStuck = new CountDownLatch(1);
    CountDownLatch othersDone = new CountDownLatch(1);
    try (ThreadTeam team = new ThreadTeam(size)) {
      // Thread 0 waits in its first chunk, as if it had lost its core, until all others are done.
      team.run(
          chunks,
          (chunk, thread) -> {
            if (thread == 0) {
              stuck.incrementAndGet();
              isStuck.countDown();
              await(othersDone);
              return;
            }
            await(isStuck);
            if (done.incrementAndGet() == chunks - 1) {
              othersDone.countDown();
            }
          });
    }
    assertThat(stuck.get()).isEqualTo(1);
    assertThat(done.get()).isEqualTo(chunks - 1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void exclusively_tasksOfOthersWait() throws InterruptedException {
    try (ThreadTeam team = new ThreadTeam(2)) {
      List<String> order = new ArrayList<>();
      CountDownLatch inside = new CountDownLatch(1);
      Thread other =
          new Thread(() -> {
            await(inside);
            team.run(1, (chunk, thread) -> order.add("other"));
          });
      other.start();
      team.exclusively(() -> {
        inside.countDown();
        for (int i = 0; i < 1_000; i++) {
          team.run(1, (chunk, thread) -> order.add("own"));
        }
      });
      other.join();
      assertThat(order).hasSize(1_001).endsWith("own", "other");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 16})
  void begin_rangesCoverEverythingOnce(int workers) {
    for (int count : new int[] {0, 1, 15, 16, 17, 100, 4_097, Integer.MAX_VALUE}) {
      for (int granule : new int[] {1, 16}) {
        assertThat(ThreadTeam.begin(count, granule, 0, workers)).isZero();
        assertThat(ThreadTeam.begin(count, granule, workers, workers)).isEqualTo(count);
        for (int worker = 1; worker < workers; worker++) {
          int begin = ThreadTeam.begin(count, granule, worker, workers);
          assertThat(begin).isBetween(ThreadTeam.begin(count, granule, worker - 1, workers), count);
          assertThat(begin == count || begin % granule == 0).isTrue();
        }
      }
    }
  }
}
