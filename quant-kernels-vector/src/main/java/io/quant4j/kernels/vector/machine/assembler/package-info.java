/**
 * A small assembler for x86-64: the instructions that the generated kernels use, no others.
 *
 * <p>Encodings are those of Intel's "64 and IA-32 Architectures Software Developer's Manual",
 * volume 2: chapter 2.2.1 (REX), 2.7 (EVEX) and the page of each instruction.
 */
@NullMarked
package io.quant4j.kernels.vector.machine.assembler;

import org.jspecify.annotations.NullMarked;
