package io.quant4j.api;

/** Told of every generated token, on the generating thread. What it throws ends the generation. */
@FunctionalInterface
public interface TokenListener {
  void generated(GeneratedToken token);
}
