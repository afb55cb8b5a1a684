package io.quant4j.bench.speed;

import io.quant4j.api.WeightMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** This library in a JVM of its own, with the class path and Java of this process. */
public final class Quant4jContestant implements Contestant {
  private final WeightMemory weights;
  private final List<String> javaOptions;

  /**
   * @param weights where they lie; copied ones make a program of its own in the report
   * @param javaOptions further options of its JVM
   */
  public Quant4jContestant(WeightMemory weights, List<String> javaOptions) {
    this.weights = weights;
    this.javaOptions = List.copyOf(javaOptions);
  }

  @Override
  public String name() {
    return weights == WeightMemory.MAPPED ? "quant4j" : "quant4j --no-mmap";
  }

  @Override
  public boolean runs(String fileType, Workload workload) {
    return true;
  }

  @Override
  public List<String> command(Path model, Workload workload, int threads, Effort effort) {
    List<String> options = new ArrayList<>(javaOptions);
    options.add("-D" + Quant4jEngine.WEIGHTS + "=" + weights);
    options.add("--enable-native-access=ALL-UNNAMED");
    return JavaProcess.command(
        options,
        System.getProperty("java.class.path"),
        Quant4jEngine.class.getName(),
        EngineLoop.arguments(model, workload, threads, effort));
  }

  @Override
  public List<Double> tokensPerSecond(Workload workload, String output) {
    return EngineLoop.parse(output);
  }
}
