package io.quant4j.bench.report;

import io.quant4j.bench.speed.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;

/**
 * Measures whole models against other programs and writes the figures into {@code performance.md},
 * and {@code performance.json} and {@code performance.svg} beside it. README.md of this module
 * tells how to run it.
 */
public final class SpeedReport {
  private static final String LOG = "runs.jsonl";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private SpeedReport() {}

  /**
   * Measures and writes.
   *
   * @param args {@code --name value} for each of {@link SpeedOptions}
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    run(SpeedOptions.parse(args));
  }

  static void run(SpeedOptions options) throws IOException, InterruptedException {
    Files.createDirectories(options.cache());
    Path file = options.cache().resolve(LOG);
    RunLog log = options.resume() ? RunLog.resume(file) : RunLog.begin(file);
    SpeedMeter meter = new SpeedMeter(options, log, SpeedReport::say);
    meter.measure();
    if (!log.runs().isEmpty()) {
      write(options, new SpeedFigures(log.runs()));
    }
    say(meter.left() == 0 ? "done" : meter.left() + " runs left: go on with --resume");
  }

  private static void write(SpeedOptions options, SpeedFigures figures) throws IOException {
    Path output = options.output();
    Files.createDirectories(output);
    SpeedPage page = new SpeedPage(figures);
    MarkedSection.put(output.resolve("performance.md"), "speed", page.markdown());
    Files.writeString(output.resolve("performance.json"), page.json());
    Files.writeString(output.resolve("performance.svg"), new RooflinePlot(figures).svg());
  }

  @SuppressWarnings("SystemOut") // the output of a program
  private static void say(String words) {
    System.out.println(LocalTime.now().format(TIME) + " " + words);
  }
}
