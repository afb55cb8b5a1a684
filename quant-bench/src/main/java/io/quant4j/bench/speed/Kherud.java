package io.quant4j.bench.speed;

import java.nio.file.Path;
import java.util.List;

/** The JNI binding {@code de.kherud:llama} with the llama.cpp that its jar carries. */
public final class Kherud extends DriverContestant {
  /**
   * @param directory where the compiled driver goes
   */
  public Kherud(String classPath, Path directory) {
    super(List.of("KherudEngine"), classPath, directory);
  }

  @Override
  public String name() {
    return "de.kherud:llama";
  }

  @Override
  public boolean runs(String fileType, Workload workload) {
    return true;
  }

  @Override
  String driverPackage() {
    return "io.quant4j.bench.peer";
  }

  @Override
  List<String> javaOptions(int threads) {
    return List.of();
  }
}
