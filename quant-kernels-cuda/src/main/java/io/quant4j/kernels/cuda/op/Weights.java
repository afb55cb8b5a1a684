package io.quant4j.kernels.cuda.op;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.format.Codebook;
import io.quant4j.kernels.cuda.op.Scratch.Use;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The matrices of a model in device memory. What lies in a mapped file is moved once, however often
 * it is bound; it must not change while the device is open. Others are freed some time after the
 * memory they were bound from has ended. Not thread-safe.
 */
final class Weights {
  /** Kernels may read so far behind a matrix. */
  static final int PADDING = 16;

  /** Where a matrix comes from. */
  private record Source(FormatId format, Shape shape, List<Long> addresses) {}

  /** Device memory of a matrix, and the memory of the host that it was bound from. */
  private record Lent(List<MemorySegment.Scope> hosts, long address) {
    boolean isOver() {
      return !hosts.stream().allMatch(MemorySegment.Scope::isAlive);
    }
  }

  private final Work work;
  private final Transfers transfers;
  private final Map<Source, CudaWeight> bound = new HashMap<>();
  private final List<Lent> lent = new ArrayList<>();
  private final Map<Codebook, Long> codebooks = new HashMap<>();
  private long uploadedBytes;
  private long uploadNanos;

  Weights(Work work, Transfers transfers) {
    this.work = work;
    this.transfers = transfers;
  }

  /** Bytes that were moved to the device. */
  long uploadedBytes() {
    return uploadedBytes;
  }

  /** How long that took the host. */
  long uploadNanos() {
    return uploadNanos;
  }

  CudaWeight bind(TensorView matrix) {
    return bind(List.of(matrix), Shape.of(matrix.shape().rows(), matrix.shape().cols()));
  }

  CudaWeight bindStack(List<TensorView> matrices) {
    TensorView first = matrices.getFirst();
    for (TensorView matrix : matrices) {
      if (!matrix.format().equals(first.format()) || !matrix.shape().equals(first.shape())) {
        throw new UnsupportedModelException(
            ErrorLocation.none(),
            "experts of one layer are stored as %s %s and %s %s"
                .formatted(first.format(), first.shape(), matrix.format(), matrix.shape()),
            "Convert the model so that the matrices of all experts have one format.");
      }
    }
    return bind(matrices, Shape.of(matrices.size(), first.shape().rows(), first.shape().cols()));
  }

  private CudaWeight bind(List<TensorView> parts, Shape shape) {
    FormatId format = parts.getFirst().format();
    if (!parts.stream().allMatch(p -> p.data().isMapped())) {
      return lend(parts, shape);
    }
    Source source = new Source(format, shape, parts.stream().map(p -> p.data().address()).toList());
    CudaWeight known = bound.get(source);
    if (known == null) {
      known = move(parts, shape);
      bound.put(source, known);
    }
    return known;
  }

  /** Moves matrices that may be gone before the device is closed. */
  private CudaWeight lend(List<TensorView> parts, Shape shape) {
    for (Lent over : lent.stream().filter(Lent::isOver).toList()) {
      lent.remove(over);
      work.memory().free(over.address);
    }
    CudaWeight moved = move(parts, shape);
    lent.add(new Lent(parts.stream().map(p -> p.data().scope()).toList(), moved.data()));
    return moved;
  }

  /** Moves matrices of one format below each other. */
  CudaWeight move(List<TensorView> parts, Shape shape) {
    long begin = System.nanoTime();
    DeviceFormat format = DeviceFormat.require(parts.getFirst().format());
    long bytes = parts.stream().mapToLong(p -> p.data().byteSize()).sum();
    long blocks = bytes / format.blocks().blockBytes();
    long codebook = format.codebook().map(this::codebook).orElse(0L);
    long target = work.memory().allocate(bytes + PADDING);
    try {
      long first = 0;
      for (TensorView part : parts) {
        put(format, part.data(), target, blocks, first);
        first += part.data().byteSize() / format.blocks().blockBytes();
      }
    } catch (RuntimeException | Error e) {
      work.memory().free(target);
      throw e;
    }
    uploadedBytes += bytes;
    uploadNanos += System.nanoTime() - begin;
    return new CudaWeight(
        format, format.module(work.hasTensorCores()), shape, target, blocks, codebook);
  }

  /** Puts blocks from {@code first} on into a matrix. */
  private void put(DeviceFormat format, MemorySegment data, long target, long blocks, long first) {
    int blockBytes = format.blocks().blockBytes();
    if (!format.planar(work.hasTensorCores())) {
      transfers.upload(data, target + first * blockBytes);
      return;
    }
    long stored = work.scratch().take(Use.STORED, Transfers.CHUNK_BYTES);
    transfers.upload(
        data,
        blockBytes,
        (chunk, at) -> {
          work.stream().copyToDevice(stored, chunk, chunk.byteSize());
          long count = chunk.byteSize() / blockBytes;
          work.kernel(format.module(work.hasTensorCores()), "planes")
              .pointer(stored)
              .pointer(target)
              .longs(blocks)
              .longs(first + at / blockBytes)
              .longs(count)
              .launch(Geometry.planes(count));
        });
  }

  private long codebook(Codebook codebook) {
    return codebooks.computeIfAbsent(
        codebook,
        book -> {
          byte[] values = new byte[book.size() * book.components()];
          for (int point = 0; point < book.size(); point++) {
            for (int i = 0; i < book.components(); i++) {
              values[point * book.components() + i] = (byte) book.value(point, i);
            }
          }
          long address = work.memory().allocate(values.length);
          transfers.upload(MemorySegment.ofArray(values), address);
          return address;
        });
  }

  /** Decodes a small tensor into memory of its own. */
  CudaBuffer decode(TensorView tensor) {
    long elements = tensor.shape().elements();
    CudaBuffer out = new CudaBuffer(work.memory().allocate(elements * Float.BYTES), elements);
    if (tensor.format().equals(FormatId.F32)) {
      transfers.upload(tensor.data(), out.address());
      return out;
    }
    CudaWeight stored = move(List.of(tensor), Shape.of(1, elements));
    dequantize(stored, 0, 1, out.address(), stored.cols(), false);
    work.memory().free(stored.data());
    return out;
  }

  /**
   * Queues the decoding of rows.
   *
   * @param target (count, ld)
   * @param half whether to 16-bit floats instead of 32-bit ones
   */
  void dequantize(CudaWeight weight, long first, int count, long target, int ld, boolean half) {
    work.kernel(weight.module(), half ? "dequantize_f16" : "dequantize_f32")
        .pointer(weight.data())
        .longs(weight.blocks())
        .pointer(weight.codebook())
        .longs(first)
        .ints(weight.cols())
        .pointer(target)
        .longs(ld)
        .launch(Geometry.decoding(weight.cols(), count));
  }
}
