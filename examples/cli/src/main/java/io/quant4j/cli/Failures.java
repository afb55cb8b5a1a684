package io.quant4j.cli;

import io.quant4j.api.error.OperationCancelledException;
import io.quant4j.api.error.QuantException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what a command throws into one line on standard error and an exit status. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private final Quant4jCommand root;

  /**
   * @param root says whether the stack trace is wanted
   */
  Failures(Quant4jCommand root) {
    this.root = root;
  }

  /** Prints one line in the form of everything that the program says about itself. */
  static void print(PrintWriter err, String message) {
    err.println("quant4j: " + Text.oneLine(message));
    err.flush();
  }

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine commandLine, ParseResult parsed) {
    PrintWriter err = commandLine.getErr();
    print(err, message(exception));
    if (root.verbose()) {
      exception.printStackTrace(err);
      err.flush();
    }
    return exception instanceof OperationCancelledException
        ? ExitStatus.INTERRUPTED
        : ExitStatus.FAILURE;
  }

  private static String message(Exception exception) {
    return switch (exception) {
      // Its remedy speaks to programs.
      case OperationCancelledException cancelled ->
          cancelled.reason() + ". Nothing is left behind.";
      case QuantException failure -> String.valueOf(failure.getMessage());
      default -> "unexpected " + exception + ". This is a defect; --verbose shows where.";
    };
  }

  @Override
  public int handleParseException(ParameterException exception, String[] args) {
    CommandLine commandLine = exception.getCommandLine();
    PrintWriter err = commandLine.getErr();
    String name = commandLine.getCommandSpec().qualifiedName();
    String reason = String.valueOf(exception.getMessage()).replaceFirst("^Error: ", "");
    print(err, reason + ". '" + name + " --help' lists what can be given.");
    UnmatchedArgumentException.printSuggestions(exception, err);
    err.flush();
    return ExitStatus.USAGE;
  }
}
