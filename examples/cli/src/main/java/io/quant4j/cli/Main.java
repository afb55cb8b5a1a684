package io.quant4j.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Entry point of the jar: connects the commands with the process. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] args) {
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(new Thread(interruption::interrupt, "quant4j-interrupt"));
    int status = run(out, err, interruption, args);
    interruption.finished();
    System.exit(status);
  }

  /**
   * Runs one command.
   *
   * @return the exit status: see {@link ExitStatus}
   */
  static int run(PrintWriter out, PrintWriter err, Interruption interruption, String... args) {
    Quant4jCommand root = new Quant4jCommand(interruption);
    CommandLine commandLine = Commands.create(root).setOut(out).setErr(err);
    int status;
    try {
      status = commandLine.execute(args);
    } catch (OutOfMemoryError e) {
      Failures.print(err, "out of memory: " + e.getMessage() + ". Allow a larger heap with -Xmx.");
      status = ExitStatus.FAILURE;
    }
    err.flush();
    // checkError flushes; a reader that went away or a full disk must not look like success.
    if (out.checkError() && status != ExitStatus.FAILURE) {
      Failures.print(err, "standard output could not be written. Check what reads it.");
      status = ExitStatus.FAILURE;
    }
    return status;
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), false, charset());
  }

  /** What a terminal understands; UTF-8 for files and pipes, whatever the locale. */
  private static Charset charset() {
    Console console = System.console();
    return console != null && console.isTerminal() ? console.charset() : StandardCharsets.UTF_8;
  }
}
