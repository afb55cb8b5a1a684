package io.quant4j.kernels.cuda.op;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AddKernel;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.GeGluKernel;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.RmsNormKernel;
import io.quant4j.api.spi.RotaryKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.spi.SwiGluKernel;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Operations of a device behind the interfaces of host kernels, so that one contract holds both.
 * Each call moves its values there and back; buffers lie in the midst of larger ones, at places
 * that the kernels' alignment allows.
 */
final class OperationsAsKernels implements HostKernels, AutoCloseable {
  /** Vectors that are multiplied at once: more would go another way, with other roundings. */
  private static final int MOST_VECTORS = 4;

  private static final int MARGIN = 64;

  private @Nullable OpenDevice open;

  private synchronized Operations operations() {
    if (open == null) {
      open = new OpenDevice();
    }
    return open.operations();
  }

  /** Frees everything; the next use opens the device again. */
  @Override
  public synchronized void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }

  /** Values on the device, with others around them. */
  private record Placed(Operations operations, Buffer all, Buffer values) {
    static Placed of(
        Operations operations, SequenceMemory memory, float[] from, int at, int count) {
      Buffer all = memory.allocate(count + 2 * MARGIN);
      float[] margins = new float[count + 2 * MARGIN];
      Arrays.fill(margins, 7);
      System.arraycopy(from, at, margins, MARGIN, count);
      operations.write(margins, 0, margins.length, all, 0);
      return new Placed(operations, all, all.slice(MARGIN, count));
    }

    /** Brings the values back, after a look at what is around them. */
    void back(float[] to, int at) {
      float[] read = OpenDevice.read(operations, all);
      int count = read.length - 2 * MARGIN;
      for (int i = 0; i < read.length; i++) {
        if ((i < MARGIN || i >= MARGIN + count) && read[i] != 7) {
          throw new AssertionError("element %d of %d beside a buffer changed".formatted(i, count));
        }
      }
      System.arraycopy(read, MARGIN, to, at, count);
    }
  }

  @Override
  public Optional<MatMulKernel> matMul(FormatId format) {
    return isKnown(format) ? Optional.of(new Products(format)) : Optional.empty();
  }

  private static boolean isKnown(FormatId format) {
    return DeviceFormat.all().stream().anyMatch(f -> f.is(format));
  }

  /** Whether products of few vectors with this format round them to 16 bits on this device. */
  boolean roundsVectors(BlockFormat format) {
    byte[] block = new byte[format.blockBytes()];
    TensorView one =
        new TensorView(
            format.id(), Shape.of(1, format.blockElements()), MemorySegment.ofArray(block));
    return ((CudaWeight) operations().bind(one)).sharedBytes() > 0;
  }

  private final class Products implements MatMulKernel {
    private final FormatId format;

    Products(FormatId format) {
      this.format = format;
    }

    @Override
    public void multiply(
        MemorySegment weights,
        int cols,
        float[] x,
        int xOffset,
        int batch,
        float[] y,
        int yOffset,
        int yStride,
        int rowBegin,
        int rowEnd) {
      Operations operations = operations();
      int rows = rowEnd - rowBegin;
      BlockFormat blocks = DeviceFormat.require(format).blocks();
      TensorView part =
          new TensorView(
              format,
              Shape.of(rows, cols),
              weights.asSlice(rowBegin * blocks.byteSize(cols), rows * blocks.byteSize(cols)));
      if (rows == 0) {
        return;
      }
      Weight weight = operations.bind(part);
      try (SequenceMemory memory = operations.newMemory()) {
        for (int first = 0; first < batch; first += MOST_VECTORS) {
          int count = Math.min(MOST_VECTORS, batch - first);
          Placed in = Placed.of(operations, memory, x, xOffset + first * cols, count * cols);
          Placed out = Placed.of(operations, memory, new float[count * rows], 0, count * rows);
          operations.matMul(weight, in.values, count, out.values);
          float[] products = new float[count * rows];
          out.back(products, 0);
          for (int b = 0; b < count; b++) {
            int to = yOffset + (first + b) * yStride + rowBegin;
            System.arraycopy(products, b * rows, y, to, rows);
          }
        }
      }
    }
  }

  @Override
  public Optional<RowDecoder> decoder(FormatId format) {
    return isKnown(format)
        ? Optional.of((source, byteOffset, target, targetOffset, elements) ->
            decode(format, source, byteOffset, target, targetOffset, elements))
        : Optional.empty();
  }

  /** The row of a token is the decoded row of the matrix. */
  private void decode(
      FormatId format, MemorySegment source, long at, float[] target, int offset, int elements) {
    if (elements == 0) {
      return;
    }
    Operations operations = operations();
    long bytes = DeviceFormat.require(format).blocks().byteSize(elements);
    TensorView row = new TensorView(format, Shape.of(1, elements), source.asSlice(at, bytes));
    Weight table = operations.bind(row);
    try (SequenceMemory memory = operations.newMemory()) {
      Placed out = Placed.of(operations, memory, new float[elements], 0, elements);
      operations.embed(table, new int[] {9, 0}, 1, 1, out.values);
      out.back(target, offset);
    }
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // in place or not
  public Optional<RmsNormKernel> rmsNorm() {
    return Optional.of((x, xOffset, gain, gainOffset, epsilon, dim, out, outOffset) -> {
      Operations operations = operations();
      try (SequenceMemory memory = operations.newMemory()) {
        Placed in = Placed.of(operations, memory, x, xOffset, dim);
        Placed factors = Placed.of(operations, memory, gain, gainOffset, dim);
        Placed to =
            x == out && xOffset == outOffset
                ? in
                : Placed.of(operations, memory, new float[dim], 0, dim);
        operations.rmsNorm(in.values, factors.values, epsilon, 1, to.values);
        to.back(out, outOffset);
      }
    });
  }

  @Override
  public Optional<RotaryKernel> rotary(RotaryLayout layout) {
    return Optional.of((x, xOffset, heads, headDim, angles, anglesOffset, dims) -> {
      Operations operations = operations();
      try (SequenceMemory memory = operations.newMemory()) {
        Placed to = Placed.of(operations, memory, x, xOffset, heads * headDim);
        Placed turn = Placed.of(operations, memory, angles, anglesOffset, dims);
        operations.rotate(to.values, turn.values, layout, heads, headDim, 1);
        to.back(x, xOffset);
      }
    });
  }

  @Override
  public Optional<SwiGluKernel> swiGlu() {
    return Optional.of((gate, gateOffset, up, upOffset, count) ->
        inPlace(gate, gateOffset, up, upOffset, count, Operations::swiGlu));
  }

  @Override
  public Optional<GeGluKernel> geGlu() {
    return Optional.of((gate, gateOffset, up, upOffset, count) ->
        inPlace(gate, gateOffset, up, upOffset, count, Operations::geGlu));
  }

  @Override
  public Optional<AddKernel> add() {
    return Optional.of(
        (x, xOffset, y, yOffset, count) -> inPlace(x, xOffset, y, yOffset, count, Operations::add));
  }

  @FunctionalInterface
  private interface Change {
    void apply(Operations operations, Buffer x, Buffer y);
  }

  private void inPlace(float[] x, int xAt, float[] y, int yAt, int count, Change change) {
    Operations operations = operations();
    try (SequenceMemory memory = operations.newMemory()) {
      Placed to = Placed.of(operations, memory, x, xAt, count);
      Placed with = Placed.of(operations, memory, y, yAt, count);
      change.apply(operations, to.values, with.values);
      to.back(x, xAt);
    }
  }
}
