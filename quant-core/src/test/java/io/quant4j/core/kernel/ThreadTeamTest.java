package io.quant4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
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
    AtomicInteger calls = new AtomicInteger();
    List<Thread> workers = new ArrayList<>();
    team.run((worker, count) -> {
      calls.incrementAndGet();
      if (worker > 0) {
        synchronized (workers) {
          workers.add(Thread.currentThread());
        }
      }
    });
    team.close();
    team.close();
    for (Thread worker : workers) {
      worker.join();
      assertThat(worker.isAlive()).isFalse();
    }
    assertThat(workers).hasSize(2);
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
