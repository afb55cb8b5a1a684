package io.quant4j.bench.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Runs, a line of JSON each, written as soon as they end, so that measuring can go on later. */
public final class RunLog {
  private final Path file;
  private final List<Run> runs;

  private RunLog(Path file, List<Run> runs) {
    this.file = file;
    this.runs = runs;
  }

  /** A new log; an old one is kept beside it, with the suffix {@code .old}. */
  public static RunLog begin(Path file) throws IOException {
    if (Files.exists(file)) {
      Path old = file.resolveSibling(file.getFileName() + ".old");
      Files.move(file, old, StandardCopyOption.REPLACE_EXISTING);
    }
    return new RunLog(file, new ArrayList<>());
  }

  /** Goes on with a log, which may not exist yet. */
  public static RunLog resume(Path file) throws IOException {
    RunLog log = new RunLog(file, new ArrayList<>());
    if (Files.exists(file)) {
      Files.readAllLines(file).forEach(line -> log.put(Run.of(line)));
    }
    return log;
  }

  /** Whether this was measured; failures may be tried again. */
  public boolean holds(Run.Key key) {
    return runs.stream().anyMatch(run -> run.key().equals(key) && !run.failed());
  }

  /** Adds a run, in place of a failed one. */
  public void add(Run run) throws IOException {
    put(run);
    Files.writeString(
        file, run.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void put(Run run) {
    runs.removeIf(earlier -> earlier.key().equals(run.key()));
    runs.add(run);
  }

  public List<Run> runs() {
    return Collections.unmodifiableList(runs);
  }
}
