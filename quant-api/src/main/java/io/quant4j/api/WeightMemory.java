package io.quant4j.api;

/** Where the weights of layers on the host lie. Results do not depend on it. */
public enum WeightMemory {
  /**
   * In the mapped file: a model starts at once, processes share its pages, and the system may drop
   * them when memory is short.
   */
  MAPPED,

  /**
   * In memory of the process, in huge pages where the system has them: generation is faster, and
   * the system does not drop what it would have to read again. The file is read once when the model
   * is loaded and does not stay in memory beside the copy, except in the cache of the system.
   * llama.cpp's name for it is {@code --no-mmap}.
   */
  COPIED
}
