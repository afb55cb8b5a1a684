package io.quant4j.api.spi;

/**
 * The tokens of one forward pass.
 *
 * @param tokens ids, of which {@code count} from {@code from} are appended to the sequence
 * @param firstPosition position of the first of them
 * @param logitRows how many of the last tokens need logits
 */
public record Pass(int[] tokens, int from, int count, int firstPosition, int logitRows) {}
