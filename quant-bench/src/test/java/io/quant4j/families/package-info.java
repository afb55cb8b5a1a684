/** Every family of models from its Hugging Face files to a perplexity, beside llama.cpp. */
@NullMarked
package io.quant4j.families;

import org.jspecify.annotations.NullMarked;
