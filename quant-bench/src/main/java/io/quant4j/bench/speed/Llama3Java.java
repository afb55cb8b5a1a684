package io.quant4j.bench.speed;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The single-file program llama3.java by Alfonso Peterssen, its classes on the class path. */
public final class Llama3Java extends DriverContestant {
  private static final Set<String> FILE_TYPES =
      Set.of("F16", "BF16", "Q4_0", "Q4_1", "Q4_K_M", "Q4_K_S", "Q5_K_M", "Q5_K_S", "Q6_K", "Q8_0");

  /**
   * @param directory where the compiled driver goes
   */
  public Llama3Java(String classPath, Path directory) {
    super(List.of("Llama3Engine"), classPath, directory);
  }

  @Override
  public String name() {
    return "llama3.java";
  }

  @Override
  public boolean runs(String fileType, Workload workload) {
    return FILE_TYPES.contains(fileType);
  }

  /** Its engine uses what is not public. */
  @Override
  String driverPackage() {
    return "com.llama4j";
  }

  /** Its parallel streams run on the common pool and on the thread that waits for them. */
  @Override
  List<String> javaOptions(int threads) {
    return List.of(
        "-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + (threads - 1),
        "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0");
  }
}
