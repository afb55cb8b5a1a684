package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Codebook;

/**
 * Levels of the components of a codebook's points as bits of a word: two bits for each of eight
 * components, or three for each of four, of which two are in each byte.
 */
record PointBits(Codebook codebook) {

  /** Bits of a component. */
  int bits() {
    return codebook.levels() > 4 ? 3 : 2;
  }

  /** Bit of a point where a component begins. */
  int bitOf(int component) {
    int ofByte = codebook.components() / 2;
    return component / ofByte * Byte.SIZE + component % ofByte * bits();
  }

  /** A point; 0 beyond the last. */
  int of(int point) {
    int word = 0;
    for (int i = 0; point < codebook.size() && i < codebook.components(); i++) {
      word |= codebook.level(point, i) << bitOf(i);
    }
    return word;
  }
}
