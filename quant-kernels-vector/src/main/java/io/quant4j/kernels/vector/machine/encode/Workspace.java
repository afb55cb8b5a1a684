package io.quant4j.kernels.vector.machine.encode;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import java.util.function.Consumer;

/**
 * Memory of a search on the stack: arrays of (sets, elements of a group, 16), then vectors that
 * each set keeps. A set is 16 groups, one in each lane.
 *
 * @param size elements of a group, a multiple of 4
 * @param sets of groups that the search works on at once
 * @param arrays how many
 * @param kept vectors that a set keeps
 */
record Workspace(int size, int sets, int arrays, int kept) {
  /** Groups of a set. */
  static final int LANES = 16;

  static final int VECTOR = LANES * Float.BYTES;

  private static final int QUARTER = 4;
  private static final Gpr COUNTER = RAX;

  /** Where {@link #eachElement} stands, from the first array's first set on. */
  static final Gpr ELEMENT = R10;

  /** Bytes of a set in an array. */
  int stretch() {
    return size * VECTOR;
  }

  /** Distance of a set in an array from the first one in the first array. */
  int distance(int array, int set) {
    return (array * sets + set) * stretch();
  }

  /** A vector that a set keeps. */
  Mem kept(int set, int which) {
    return Mem.at(RSP, arrays * sets * stretch() + (set * kept + which) * VECTOR);
  }

  /** All of it. */
  int bytes() {
    return arrays * sets * stretch() + sets * kept * VECTOR;
  }

  /** Elements of a batch of groups, of which a call takes several. */
  int batchElements() {
    return sets * LANES * size;
  }

  /**
   * Lays the groups that follow each other from {@code row} side by side: element i of all groups
   * becomes a vector. Takes zmm0 to zmm7, r10, r11 and rax.
   */
  void load(Assembler a, Gpr row, int array) {
    a.mov(R10, row);
    a.lea(R11, Mem.at(RSP, distance(array, 0)));
    a.mov(COUNTER, size / QUARTER);
    Label next = a.label();
    a.bind(next);
    for (int set = 0; set < sets; set++) {
      quarter(a, set);
    }
    a.add(R10, QUARTER * Float.BYTES);
    a.add(R11, QUARTER * VECTOR);
    a.sub(COUNTER, 1);
    a.jump(NOT_EQUAL, next);
  }

  /** Four elements of each group of a set. */
  private void quarter(Assembler a, int set) {
    for (int r = 0; r < QUARTER; r++) {
      for (int k = 0; k < QUARTER; k++) {
        Mem four = Mem.at(R10, (set * LANES + QUARTER * k + r) * size * Float.BYTES);
        if (k == 0) {
          a.vmovups(Simd.xmm(r), four);
        } else {
          a.vinsertf32x4(Simd.zmm(r), Simd.zmm(r), four, k);
        }
      }
    }
    a.vunpcklps(Simd.zmm(4), Simd.zmm(0), Simd.zmm(1));
    a.vunpckhps(Simd.zmm(5), Simd.zmm(0), Simd.zmm(1));
    a.vunpcklps(Simd.zmm(6), Simd.zmm(2), Simd.zmm(3));
    a.vunpckhps(Simd.zmm(7), Simd.zmm(2), Simd.zmm(3));
    a.vunpcklpd(Simd.zmm(0), Simd.zmm(4), Simd.zmm(6));
    a.vunpckhpd(Simd.zmm(1), Simd.zmm(4), Simd.zmm(6));
    a.vunpcklpd(Simd.zmm(2), Simd.zmm(5), Simd.zmm(7));
    a.vunpckhpd(Simd.zmm(3), Simd.zmm(5), Simd.zmm(7));
    for (int r = 0; r < QUARTER; r++) {
      a.vmovups(Mem.at(R11, set * stretch() + r * VECTOR), Simd.zmm(r));
    }
  }

  /**
   * Writes a loop over the elements of groups.
   *
   * @param unroll elements of a turn
   * @param body receives the place of an element in the first set of the first array, from {@link
   *     #ELEMENT} on; {@link #distance} leads to others
   */
  void eachElement(Assembler a, int unroll, Consumer<Integer> body) {
    a.mov(ELEMENT, RSP);
    a.mov(COUNTER, size / unroll);
    Label next = a.label();
    a.bind(next);
    for (int i = 0; i < unroll; i++) {
      body.accept(i * VECTOR);
    }
    a.add(ELEMENT, unroll * VECTOR);
    a.sub(COUNTER, 1);
    a.jump(NOT_EQUAL, next);
  }
}
