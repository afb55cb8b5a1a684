package io.quant4j.kernels.vector.machine.assembler;

/**
 * A mask register: a bit for each lane.
 *
 * @param number 1 to 7; 0 would mean all lanes where an instruction is limited to some
 */
public record Mask(int number) {}
