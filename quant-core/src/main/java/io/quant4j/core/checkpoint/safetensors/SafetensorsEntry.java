package io.quant4j.core.checkpoint.safetensors;

import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;

/**
 * A tensor of a safetensors header.
 *
 * @param name key of the entry
 * @param dtype as the file names it, known or not
 * @param shape outermost first; no sizes for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last one
 */
record SafetensorsEntry(String name, FormatId dtype, Shape shape, long begin, long end) {

  long byteSize() {
    return end - begin;
  }
}
