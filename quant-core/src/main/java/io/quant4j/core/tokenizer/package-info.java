/**
 * Text to token ids and back: SentencePiece BPE, byte-level BPE, and the splits of text into words
 * that models were trained with.
 */
@NullMarked
package io.quant4j.core.tokenizer;

import org.jspecify.annotations.NullMarked;
