/**
 * The tokenizer files of Hugging Face checkpoints as {@link io.quant4j.api.model.TokenizerSpec}.
 */
@NullMarked
package io.quant4j.core.checkpoint.tokenizer;

import org.jspecify.annotations.NullMarked;
