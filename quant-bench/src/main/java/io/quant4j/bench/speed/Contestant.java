package io.quant4j.bench.speed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A program that runs models. It is started anew for every measurement. */
public interface Contestant {

  /** Name in tables. */
  String name();

  /**
   * Whether it can do this with a model of this file type at all.
   *
   * @param fileType as llama.cpp spells it
   */
  boolean runs(String fileType, Workload workload);

  /**
   * The command of one process, which prints its measurements to its standard output and ends.
   *
   * @param model GGUF file
   * @throws IOException if the program is not there, or does not fit
   */
  List<String> command(Path model, Workload workload, int threads, Effort effort)
      throws IOException;

  /**
   * Tokens per second of each sample.
   *
   * @param output standard output of the process
   * @throws IllegalArgumentException if it holds no figures for the workload
   */
  List<Double> tokensPerSecond(Workload workload, String output);
}
