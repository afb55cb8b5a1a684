package io.quant4j.bench.speed;

import java.nio.file.Path;
import java.util.List;

/** This library in a JVM of its own, with the class path and Java of this process. */
public final class Quant4jContestant implements Contestant {
  private final List<String> javaOptions;

  /**
   * @param javaOptions further options of its JVM
   */
  public Quant4jContestant(List<String> javaOptions) {
    this.javaOptions = List.copyOf(javaOptions);
  }

  @Override
  public String name() {
    return "quant4j";
  }

  @Override
  public boolean runs(String fileType, Workload workload) {
    return true;
  }

  @Override
  public List<String> command(Path model, Workload workload, int threads, Effort effort) {
    return JavaProcess.command(
        javaOptions,
        System.getProperty("java.class.path"),
        Quant4jEngine.class.getName(),
        EngineLoop.arguments(model, workload, threads, effort));
  }

  @Override
  public List<Double> tokensPerSecond(Workload workload, String output) {
    return EngineLoop.parse(output);
  }
}
