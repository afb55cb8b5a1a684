package io.quant4j.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command above the commands: options that all of them have, and the version. */
@Command(
    name = "quant4j",
    description = "Quantizes large language models and runs them.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Quant4jCommand.Version.class,
    sortOptions = false,
    usageHelpWidth = 100,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Results go to standard output, everything else to standard error.",
      "Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted."
    },
    subcommands = {
      QuantizeCommand.class,
      SplitCommand.class,
      MergeCommand.class,
      ImatrixCommand.class,
      GenerateCommand.class,
      PerplexityCommand.class,
      CompareCommand.class,
      BenchCommand.class,
      InspectCommand.class,
      TokenizeCommand.class,
      LogitsCommand.class,
      DoctorCommand.class
    })
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class Quant4jCommand implements Runnable {
  /** System property that slf4j-simple reads when the first logger is made. */
  static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  private final Interruption interruption;

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Shows the library's log and, on failure, the stack trace.")
  private boolean verbose;

  /**
   * @param interruption how the process is told to stop
   */
  Quant4jCommand(Interruption interruption) {
    this.interruption = interruption;
  }

  boolean verbose() {
    return verbose;
  }

  Interruption interruption() {
    return interruption;
  }

  /** Runs what was parsed; the log level must be set before the library makes its first logger. */
  int execute(ParseResult parsed) {
    if (verbose) {
      System.setProperty(LOG_LEVEL, "debug");
    }
    return new RunLast().execute(parsed);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
  }

  /** The version of this jar and of the virtual machine. */
  static final class Version implements IVersionProvider {
    /** The name and version of this jar. */
    static String ofJar() {
      String version = Quant4jCommand.class.getPackage().getImplementationVersion();
      return "quant4j " + (version == null ? "(not packaged)" : version);
    }

    @Override
    public String[] getVersion() {
      return new String[] {
        ofJar(), "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"
      };
    }
  }
}
