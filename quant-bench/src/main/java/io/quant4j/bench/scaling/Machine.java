package io.quant4j.bench.scaling;

/**
 * A machine, as far as the model of scaling knows one.
 *
 * @param name for tables
 * @param sockets with memory of their own, 1 or 2
 * @param cores of a socket
 * @param bytesPerSecond that a socket's cores together read from its memory
 * @param linkBytesPerSecond that a socket reads from the memory of the other one
 */
record Machine(
    String name, int sockets, int cores, double bytesPerSecond, double linkBytesPerSecond) {

  /** Where the weights are, for a machine with two sockets. */
  enum Weights {
    /** Beside the threads, which are all on one socket. */
    LOCAL,
    /** On one socket; threads are on both. */
    ON_ONE_SOCKET,
    /** Spread evenly over the memory of both, and so are the threads. */
    INTERLEAVED
  }

  static Machine single(String name, int cores, double gigabytesPerSecond) {
    return new Machine(name, 1, cores, gigabytesPerSecond * 1e9, 0);
  }

  /** Threads that have a core of their own. */
  int threads(Weights weights) {
    return weights == Weights.LOCAL ? cores : sockets * cores;
  }

  /**
   * What so many threads read together, each at most {@code ofOne}.
   *
   * <p>Threads on both sockets whose weights lie on one: half of the reads cross the link, all come
   * from one memory. Interleaved: each socket takes half of what it reads across the link.
   */
  double bandwidth(int threads, double ofOne, Weights weights) {
    double wanted = threads * ofOne;
    return switch (weights) {
      case LOCAL -> Math.min(wanted, bytesPerSecond);
      case ON_ONE_SOCKET ->
          Math.min(bytesPerSecond, wanted / 2 + Math.min(wanted / 2, linkBytesPerSecond));
      case INTERLEAVED ->
          Math.min(wanted, Math.min(2 * bytesPerSecond, sockets * 2 * linkBytesPerSecond));
    };
  }
}
