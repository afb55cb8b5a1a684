package io.quant4j.kernels.vector.machine.assembler;

import java.util.ArrayList;
import java.util.List;

/** A place in the code that jumps name before or after it is known. */
public final class Label {
  private static final int UNKNOWN = -1;

  int position = UNKNOWN;

  /** Where a distance of four bytes to this label waits to be filled in. */
  final List<Integer> references = new ArrayList<>();

  Label() {}

  boolean isBound() {
    return position != UNKNOWN;
  }
}
