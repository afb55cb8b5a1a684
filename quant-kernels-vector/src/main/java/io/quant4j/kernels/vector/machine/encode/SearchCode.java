package io.quant4j.kernels.vector.machine.encode;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Frame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What searches share: {@code void f(row, second, results, batches, planeBytes, unused)}. A batch
 * is the groups of some sets; row and, float by float with it, second go on from batch to batch, as
 * do the planes of results, which have a float for each group.
 */
abstract class SearchCode {
  /** The first array: elements. */
  static final int X = 0;

  /** The second array: weights, where a search has them. */
  static final int WEIGHTS = 1;

  final Assembler a = new Assembler();
  final Constants constants = new Constants();
  final Simd zero = constants.ints(i -> 0);
  final Simd magnitude = constants.ints(i -> Integer.MAX_VALUE);
  final Workspace space;
  private final boolean importance;
  private final Label table = a.label();

  /**
   * A search.
   *
   * @param importance whether the second argument is importance, to be laid beside the elements
   */
  SearchCode(Workspace space, boolean importance) {
    this.space = space;
    this.importance = importance;
  }

  /** Writes what is done for a batch, whose elements are loaded. */
  abstract void batch();

  /** Floats that {@link #batch} reads in turn. */
  abstract float[] table();

  /** The function's bytes, which run at any address. */
  final byte[] write() {
    Label data = a.label();
    Label next = a.label();
    Frame.enter(a, space.bytes());
    constants.load(a, RAX, data);
    a.bind(next);
    space.load(a, RDI, X);
    if (importance) {
      space.load(a, RSI, WEIGHTS);
    }
    batch();
    a.add(RDI, space.batchElements() * Float.BYTES);
    a.add(RSI, space.batchElements() * Float.BYTES);
    a.add(RDX, space.sets() * Workspace.VECTOR);
    a.sub(RCX, 1);
    a.jump(NOT_EQUAL, next);
    Frame.leave(a);
    constants.write(a, data);
    a.bind(table);
    a.data(tableBytes());
    return a.toByteArray();
  }

  private byte[] tableBytes() {
    float[] values = table();
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  /** Begins to read the table, in r11. */
  final void startTable() {
    a.lea(R11, table);
  }

  /** Reads the next float of the table. */
  final void nextOfTable(Simd to) {
    a.vbroadcastss(to, Mem.at(R11, 0));
    a.add(R11, Float.BYTES);
  }

  /** A register of a set. */
  static Simd register(int first, int set) {
    return Simd.zmm(first + set);
  }

  /** The element of {@link Workspace#eachElement} in another array and set. */
  final Mem element(int array, int set, int at) {
    return Mem.at(Workspace.ELEMENT, space.distance(array, set) + at);
  }

  /** The place of a set in a plane of the results; takes rbx. */
  final Mem result(int plane, int set) {
    a.mov(RBX, RDX);
    for (int i = 0; i < plane; i++) {
      a.add(RBX, R8);
    }
    return Mem.at(RBX, set * Workspace.VECTOR);
  }
}
