package io.quant4j.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

/**
 * One command run in this process.
 *
 * @param status exit status
 * @param out standard output
 * @param err standard error
 */
record CommandRun(int status, String out, String err) {
  static final Path TINY_NOVELS =
      Path.of(System.getProperty("quant4j.root"), "examples/quickstart/models/tiny-novels");

  static CommandRun of(Object... args) {
    return interruptible(new Interruption(), args);
  }

  static CommandRun interruptible(Interruption interruption, Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = args[i].toString();
    }
    int status = Main.run(new PrintWriter(out), new PrintWriter(err), interruption, words);
    interruption.finished();
    return new CommandRun(status, out.toString(), err.toString());
  }
}
