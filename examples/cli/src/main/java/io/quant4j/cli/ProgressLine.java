package io.quant4j.cli;

import io.quant4j.api.Progress;
import io.quant4j.api.ProgressListener;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Shows progress on standard error: one line that is written over again on a terminal, else a line
 * every few seconds, so that a log stays short and quick work says nothing.
 */
final class ProgressLine implements ProgressListener, AutoCloseable {
  private static final int WIDTH = 78;
  private static final Duration ON_TERMINAL = Duration.ofMillis(100);
  private static final Duration IN_LOG = Duration.ofSeconds(5);

  /** Set by the launcher, which alone can ask whether standard error is a terminal. */
  private static final String TERMINAL_PROPERTY = "quant4j.cli.terminal";

  private final PrintWriter err;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private long last;
  private boolean shown;

  /**
   * @param terminal whether the line can be written over
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  ProgressLine(PrintWriter err, boolean terminal, LongSupplier nanoTime) {
    this.err = err;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.last = nanoTime.getAsLong();
  }

  /** A line for this process. */
  static ProgressLine on(PrintWriter err) {
    return new ProgressLine(err, isTerminal(), System::nanoTime);
  }

  private static boolean isTerminal() {
    String told = System.getProperty(TERMINAL_PROPERTY);
    Console console = System.console();
    return told == null ? console != null && console.isTerminal() : Boolean.parseBoolean(told);
  }

  @Override
  public void progressed(Progress progress) {
    long now = nanoTime.getAsLong();
    if (now - last < (terminal ? ON_TERMINAL : IN_LOG).toNanos()) {
      return;
    }
    last = now;
    shown = true;
    String line = line(progress);
    if (terminal) {
      err.print("\r" + line + " ".repeat(WIDTH - line.length()));
    } else {
      err.println(line);
    }
    err.flush();
  }

  private static String line(Progress progress) {
    String left = progress.remaining().map(time -> ", " + Text.duration(time) + " left").orElse("");
    String head = Text.format("%s %3.0f%%%s  ", progress.phase(), 100 * progress.fraction(), left);
    return Text.shortened(head + Text.printable(progress.item()), WIDTH);
  }

  /** Clears the line on a terminal. */
  @Override
  public void close() {
    if (terminal && shown) {
      err.print("\r" + " ".repeat(WIDTH) + "\r");
      err.flush();
    }
  }
}
