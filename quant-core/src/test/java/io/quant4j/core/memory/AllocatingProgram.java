package io.quant4j.core.memory;

import java.lang.foreign.Arena;

/** Takes memory and writes it, in a JVM with other options. */
final class AllocatingProgram {
  private AllocatingProgram() {}

  public static void main(String[] args) {
    try (Arena arena = Arena.ofShared()) {
      HugePages.allocate(Long.parseLong(args[0]), arena).fill((byte) 1);
    }
  }
}
