package io.quant4j.bench.speed;

import java.nio.file.Path;
import java.util.List;

/**
 * The library {@code com.github.tjake:jlama-core}. It does not read GGUF: its engine hands it the
 * matrices of a file of type Q4_0 in its own 4-bit format, which has the same codes and a float
 * scale for each block. As it would load another file, its start and memory say nothing.
 */
public final class Jlama extends DriverContestant {
  /**
   * @param directory where the compiled driver goes
   */
  public Jlama(String classPath, Path directory) {
    super(List.of("JlamaEngine", "JlamaWeights"), classPath, directory);
  }

  @Override
  public String name() {
    return "Jlama";
  }

  @Override
  public boolean runs(String fileType, Workload workload) {
    return fileType.equals("Q4_0") && !workload.fresh();
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
