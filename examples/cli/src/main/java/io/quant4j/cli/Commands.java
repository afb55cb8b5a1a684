package io.quant4j.cli;

import picocli.CommandLine;

/** Builds the parser with everything that all commands share. */
final class Commands {
  private Commands() {}

  /** A parser for one run. */
  static CommandLine create(Quant4jCommand root) {
    Failures failures = new Failures(root);
    return new CommandLine(root)
        .setUsageHelpAutoWidth(true)
        .setOverwrittenOptionsAllowed(false)
        .setExpandAtFiles(false) // a prompt may begin with @
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .setExecutionStrategy(root::execute);
  }
}
