package io.quant4j.cli;

/** Exit statuses of the process. */
final class ExitStatus {
  /** The command did what it was asked to do. */
  static final int OK = 0;

  /** It could not be done; one line on standard error says why. */
  static final int FAILURE = 1;

  /** The command line cannot be understood. */
  static final int USAGE = 2;

  /** Interrupted, as the shell counts it: 128 + SIGINT. */
  static final int INTERRUPTED = 130;

  private ExitStatus() {}
}
