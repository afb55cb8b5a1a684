package io.quant4j.api;

/**
 * A generated token. When a model ends its text while text was held back, a last one carries that
 * text and the ending id.
 *
 * @param id token id
 * @param text text that became certain with this token; empty while bytes of a character or the
 *     beginning of a stop string are pending
 * @param index number of the token in this generation, from 0
 */
public record GeneratedToken(int id, String text, int index) {}
