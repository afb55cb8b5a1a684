package io.quant4j.api.spi;

/**
 * Keys and values that one layer has computed for the tokens of one sequence, in the memory and in
 * the order of whoever runs the {@link Operations}. Made by {@link SequenceMemory#allocateCache}.
 */
public interface KeyValueCache {

  CacheShape shape();
}
