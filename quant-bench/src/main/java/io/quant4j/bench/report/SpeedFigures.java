package io.quant4j.bench.report;

import io.quant4j.bench.speed.Run;
import io.quant4j.bench.speed.Spread;
import io.quant4j.bench.speed.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What a log of runs says: spreads over rounds, and ratios of runs of the same round. */
final class SpeedFigures {
  static final String OURS = "quant4j";

  /** Large files first, few threads last. */
  private static final Comparator<Subject> ORDER =
      Comparator.comparingInt(Subject::threads)
          .reversed()
          .thenComparing(Comparator.comparingLong(Subject::fileBytes).reversed())
          .thenComparing(Subject::fileType)
          .thenComparing(Subject::workload);

  private final List<Run> runs;
  private final List<String> contestants;

  SpeedFigures(List<Run> runs) {
    this.runs = List.copyOf(runs);
    this.contestants = runs.stream().map(run -> run.key().contestant()).distinct().toList();
  }

  /** What all programs do alike. */
  record Subject(int threads, String fileType, long fileBytes, Workload workload) {
    static Subject of(Run run) {
      Run.Key key = run.key();
      return new Subject(key.threads(), key.fileType(), run.work().fileBytes(), key.workload());
    }
  }

  /**
   * A row of the comparison.
   *
   * @param advantage how many times better ours is, of each round that has both
   */
  record Duel(
      Subject subject, String peer, int rounds, Spread ours, Spread theirs, Spread advantage) {}

  /**
   * How well a program used the machine.
   *
   * @param bytesPerSecond of weights; each is read once per token
   * @param shareOfBandwidth of what was measured in the same minutes
   * @param flopsPerSecond of products with weights
   * @param shareOfPeak likewise
   */
  record Use(
      Subject subject,
      String contestant,
      double tokensPerSecond,
      double bytesPerSecond,
      double shareOfBandwidth,
      double flopsPerSecond,
      double shareOfPeak) {}

  int size() {
    return runs.size();
  }

  List<String> contestants() {
    return contestants;
  }

  /** Runs during which others took much of the machine. */
  List<Run> disturbed() {
    return runs.stream().filter(Run::disturbed).toList();
  }

  List<Run> failures() {
    return runs.stream().filter(Run::failed).toList();
  }

  /** Numbers of threads, the greatest first. */
  List<Integer> threads() {
    return runs.stream()
        .map(run -> run.key().threads())
        .distinct()
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /** A figure of the machine over all runs with so many threads. */
  Spread machine(int threads, ToDoubleFunction<Run> figure) {
    return Spread.of(
        runs.stream()
            .filter(run -> run.key().threads() == threads)
            .map(figure::applyAsDouble)
            .toList());
  }

  /** Ours against each of the others. */
  List<Duel> duels() {
    List<Duel> duels = new ArrayList<>();
    bySubject(runs)
        .forEach((subject, all) -> {
          for (String peer : contestants) {
            if (!peer.equals(OURS)) {
              duel(subject, peer, all).ifPresent(duels::add);
            }
          }
        });
    return duels;
  }

  private static Optional<Duel> duel(Subject subject, String peer, List<Run> all) {
    Map<Integer, Double> ours = byRound(all, OURS);
    Map<Integer, Double> theirs = byRound(all, peer);
    ours.keySet().retainAll(theirs.keySet());
    theirs.keySet().retainAll(ours.keySet());
    if (ours.isEmpty()) {
      return Optional.empty();
    }
    Workload.Metric metric = subject.workload().metric();
    List<Double> advantages = new ArrayList<>();
    theirs.forEach((round, figure) -> {
      advantages.add(metric.advantage(ours.getOrDefault(round, 0.0), figure));
    });
    return Optional.of(
        new Duel(
            subject,
            peer,
            advantages.size(),
            Spread.of(List.copyOf(ours.values())),
            Spread.of(List.copyOf(theirs.values())),
            Spread.of(advantages)));
  }

  private static Map<Integer, Double> byRound(List<Run> all, String contestant) {
    return all.stream()
        .filter(run -> run.key().contestant().equals(contestant))
        .collect(
            Collectors.toMap(
                run -> run.key().round(), Run::figure, (first, _) -> first, TreeMap::new));
  }

  /** Use of the machine by all programs; the medians over the rounds. */
  List<Use> uses() {
    List<Use> uses = new ArrayList<>();
    bySubject(runs)
        .forEach((subject, all) -> {
          if (!subject.workload().fresh()) {
            for (String contestant : contestants) {
              List<Run> own = of(all, contestant);
              if (!own.isEmpty()) {
                uses.add(use(subject, contestant, own));
              }
            }
          }
        });
    return uses;
  }

  private static Use use(Subject subject, String contestant, List<Run> runs) {
    return new Use(
        subject,
        contestant,
        median(runs, Run::figure),
        median(runs, SpeedFigures::bytesPerSecond),
        median(runs, run -> bytesPerSecond(run) / run.machine().bytesPerSecond()),
        median(runs, SpeedFigures::flopsPerSecond),
        median(runs, run -> flopsPerSecond(run) / run.machine().flopsPerSecond()));
  }

  private static double bytesPerSecond(Run run) {
    return run.figure() * run.work().weightBytes();
  }

  private static double flopsPerSecond(Run run) {
    return run.figure() * run.work().flopsPerToken();
  }

  /** Runs that did not fail, of one program at one test. */
  List<Run> runs(int threads, String fileType, Workload workload, String contestant) {
    return runs.stream()
        .filter(run -> !run.failed())
        .filter(run -> run.key().threads() == threads && run.key().workload() == workload)
        .filter(run -> run.key().fileType().equals(fileType))
        .filter(run -> run.key().contestant().equals(contestant))
        .toList();
  }

  /** One subject of each number of threads and file type. */
  List<Subject> files() {
    Map<String, Subject> first = new java.util.LinkedHashMap<>();
    bySubject(runs)
        .keySet()
        .forEach(subject -> first.putIfAbsent(subject.threads() + subject.fileType(), subject));
    return List.copyOf(first.values());
  }

  private static List<Run> of(List<Run> all, String contestant) {
    return all.stream().filter(run -> run.key().contestant().equals(contestant)).toList();
  }

  static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
    return Spread.of(runs.stream().map(figure::applyAsDouble).toList()).median();
  }

  private static TreeMap<Subject, List<Run>> bySubject(List<Run> runs) {
    return runs.stream()
        .filter(run -> !run.failed())
        .collect(
            Collectors.groupingBy(Subject::of, () -> new TreeMap<>(ORDER), Collectors.toList()));
  }
}
