package io.quant4j.bench.report;

import io.quant4j.bench.speed.Contestant;
import io.quant4j.bench.speed.MachineSpeed;
import io.quant4j.bench.speed.MeasuredProcess;
import io.quant4j.bench.speed.ModelFiles;
import io.quant4j.bench.speed.ModelWork;
import io.quant4j.bench.speed.Run;
import io.quant4j.bench.speed.RunLog;
import io.quant4j.bench.speed.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Runs every program on every file, one after the other within each test, so that all of them meet
 * the same moods of the machine. What the machine can do is measured before each group of tests.
 */
final class SpeedMeter {
  private final SpeedOptions options;
  private final RunLog log;
  private final Consumer<String> progress;
  private final long begin = System.nanoTime();

  SpeedMeter(SpeedOptions options, RunLog log, Consumer<String> progress) {
    this.options = options;
    this.log = log;
    this.progress = progress;
  }

  /** Measures what the log lacks until the time is over. */
  void measure() throws IOException, InterruptedException {
    ModelFiles files = new ModelFiles(options.shape(), options.cache(), progress);
    for (int round = 1; round <= options.rounds(); round++) {
      for (String fileType : options.fileTypes()) {
        for (int threads : options.threads()) {
          if (isOver()) {
            return;
          }
          Cell cell = new Cell(fileType, threads, round);
          if (missing(cell).findAny().isPresent()) {
            measure(cell, files.file(fileType));
          }
        }
      }
    }
  }

  /** Runs that are still to be made. */
  long left() {
    return options.fileTypes().stream()
        .flatMap(type -> options.threads().stream().flatMap(threads -> missing(type, threads)))
        .count();
  }

  private Stream<Run.Key> missing(String fileType, int threads) {
    return Stream.iterate(1, round -> round <= options.rounds(), round -> round + 1)
        .flatMap(round -> missing(new Cell(fileType, threads, round)));
  }

  private Stream<Run.Key> missing(Cell cell) {
    return options.workloads().stream().flatMap(workload -> missing(cell, workload));
  }

  private Stream<Run.Key> missing(Cell cell, Workload workload) {
    return options.contestants().stream()
        .filter(contestant -> contestant.runs(cell.fileType, workload))
        .map(contestant -> cell.key(workload, contestant))
        .filter(key -> !log.holds(key));
  }

  private boolean isOver() {
    return System.nanoTime() - begin >= options.minutes() * 60e9;
  }

  /** What is measured in the same few minutes. */
  private record Cell(String fileType, int threads, int round) {
    Run.Key key(Workload workload, Contestant contestant) {
      return new Run.Key(contestant.name(), fileType, workload, threads, round);
    }
  }

  private void measure(Cell cell, Path file) throws IOException, InterruptedException {
    MachineSpeed machine = MachineSpeed.measure(cell.threads, options.attempts(), options.cache());
    ModelWork work = ModelWork.of(file);
    for (Workload workload : options.workloads()) {
      List<Run.Key> missing = missing(cell, workload).toList();
      for (Contestant contestant : options.contestants()) {
        Run.Key key = cell.key(workload, contestant);
        if (missing.contains(key)) {
          Run run = measureInQuiet(contestant, key, file, machine, work);
          log.add(run);
          progress.accept(inWords(run));
        }
      }
      if (isOver()) {
        return;
      }
    }
  }

  /** The least disturbed of a few runs, which is the first one on a quiet machine. */
  private Run measureInQuiet(
      Contestant contestant, Run.Key key, Path file, MachineSpeed machine, ModelWork work)
      throws InterruptedException {
    Run best = measure(contestant, key, file, machine, work);
    for (int more = 1; more < options.attempts() && best.disturbed(); more++) {
      Run next = measure(contestant, key, file, machine, work);
      best = next.others() < best.others() ? next : best;
    }
    return best;
  }

  private Run measure(
      Contestant contestant, Run.Key key, Path file, MachineSpeed machine, ModelWork work)
      throws InterruptedException {
    Workload workload = key.workload();
    try {
      List<String> command = contestant.command(file, workload, key.threads(), options.effort());
      MeasuredProcess process = MeasuredProcess.run(command, options.cache());
      List<Double> samples =
          workload.metric() == Workload.Metric.SECONDS
              ? List.of(process.seconds())
              : contestant.tokensPerSecond(workload, process.output());
      return new Run(
          key, samples, process.peakBytes().orElse(0), process.others(), machine, work, "");
    } catch (IOException | RuntimeException e) {
      // One program that fails must not end the others; the report says so.
      return new Run(key, List.of(), 0, 0, machine, work, String.valueOf(e.getMessage()));
    }
  }

  private String inWords(Run run) {
    String figure =
        run.failed()
            ? "failed: " + run.failure().lines().findFirst().orElse("")
            : String.format(
                Locale.ROOT,
                "%.2f %s, %d MiB%s",
                run.figure(),
                run.key().workload().metric().unit(),
                run.peakBytes() >> 20,
                run.disturbed() ? ", disturbed by others" : "");
    return run.key() + ": " + figure + " (" + left() + " runs left)";
  }
}
