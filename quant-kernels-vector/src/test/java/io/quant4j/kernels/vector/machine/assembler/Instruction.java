package io.quant4j.kernels.vector.machine.assembler;

import java.util.function.Consumer;

/**
 * An instruction as text, what GNU as makes of it, and what writes it here.
 *
 * @param bytes in hexadecimal digits
 */
record Instruction(String text, String bytes, Consumer<Assembler> writer) {

  static Instruction of(String text, String bytes, Consumer<Assembler> writer) {
    return new Instruction(text, bytes, writer);
  }

  @Override
  public String toString() {
    return text;
  }
}
