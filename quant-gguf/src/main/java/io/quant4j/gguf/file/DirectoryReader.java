package io.quant4j.gguf.file;

import io.quant4j.api.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/** Reads the tensor directory that follows the metadata, with the checks that need no file size. */
final class DirectoryReader {
  private static final String REMEDY = "The file is damaged or was written wrongly: get it again.";

  private final ByteCursor in;
  private final IntFunction<Optional<TensorType>> types;
  private final long alignment;
  private long nextOffset;

  /**
   * @param types known type ids
   * @param alignment of tensor data, in bytes
   */
  DirectoryReader(ByteCursor in, IntFunction<Optional<TensorType>> types, long alignment) {
    this.in = in;
    this.types = types;
    this.alignment = alignment;
  }

  List<GgufTensor> read(int count) {
    List<GgufTensor> tensors = new ArrayList<>(count);
    Set<String> names = HashSet.newHashSet(count);
    for (int i = 0; i < count; i++) {
      long offset = in.position();
      GgufTensor tensor = readTensor(i);
      if (!names.add(tensor.name())) {
        throw in.malformed(offset, "the tensor name occurs twice", REMEDY);
      }
      tensors.add(tensor);
    }
    return tensors;
  }

  private GgufTensor readTensor(int index) {
    in.about("tensor " + index);
    String name = readTensorName();
    in.about(name);
    long[] sizes = readSizes();
    long typeOffset = in.position();
    TensorType type = readType();
    long elements = elements(sizes, typeOffset);
    if (sizes.length > 0 && sizes[0] % type.blockElements() != 0
        || sizes.length == 0 && type.blockElements() > 1) {
      throw in.malformed(
          typeOffset,
          "rows of %d elements are not whole blocks of %d, as %s needs"
              .formatted(sizes.length == 0 ? 1 : sizes[0], type.blockElements(), type.format()),
          REMEDY);
    }
    long byteSize = byteSize(type, elements, typeOffset);
    long offset = readOffset(byteSize);
    return new GgufTensor(name, type, outermostFirst(sizes), offset, byteSize);
  }

  private String readTensorName() {
    long offset = in.position();
    String name = in.readName("the tensor name");
    long bytes = in.position() - offset - Long.BYTES;
    if (bytes > GgufTensor.MAX_NAME_BYTES) {
      throw in.malformed(
          offset,
          "a tensor name has %d bytes, more than the allowed %d"
              .formatted(bytes, GgufTensor.MAX_NAME_BYTES),
          REMEDY);
    }
    return name;
  }

  /** Sizes as stored, innermost first. */
  private long[] readSizes() {
    long offset = in.position();
    int rank = in.readInt("the number of dimensions");
    if (rank < 0 || rank > GgufTensor.MAX_DIMENSIONS) {
      throw in.malformed(
          offset,
          "a tensor of %s dimensions; at most %d are allowed"
              .formatted(Integer.toUnsignedString(rank), GgufTensor.MAX_DIMENSIONS),
          REMEDY);
    }
    long[] sizes = new long[rank];
    for (int i = 0; i < rank; i++) {
      long sizeOffset = in.position();
      sizes[i] = in.readLong("the sizes");
      if (sizes[i] < 0) {
        throw in.malformed(
            sizeOffset, "a tensor size of %d is negative".formatted(sizes[i]), REMEDY);
      }
    }
    return sizes;
  }

  private TensorType readType() {
    long offset = in.position();
    int id = in.readInt("the tensor type");
    return types
        .apply(id)
        .orElseThrow(() ->
            in.unsupported(
                offset,
                "tensor type %d is not known or was removed from the format".formatted(id),
                "Get a newer file of the model, or update this library."));
  }

  /** The number of elements. Sizes of zero do not hide an overflow of the others. */
  private long elements(long[] sizes, long offset) {
    long product = 1;
    boolean empty = false;
    for (long size : sizes) {
      empty |= size == 0;
      long factor = Math.max(1, size);
      if (product > Long.MAX_VALUE / factor) {
        throw in.malformed(offset, "the number of elements does not fit into 63 bits", REMEDY);
      }
      product *= factor;
    }
    return empty ? 0 : product;
  }

  private long byteSize(TensorType type, long elements, long offset) {
    try {
      return type.byteSize(elements);
    } catch (ArithmeticException e) {
      throw in.malformed(offset, "the number of bytes does not fit into 63 bits", REMEDY);
    }
  }

  /**
   * Data follows in the order of the directory, each tensor padded to the alignment: nothing
   * overlaps.
   */
  private long readOffset(long byteSize) {
    long position = in.position();
    long offset = in.readLong("the data offset");
    if (offset != nextOffset) {
      throw in.malformed(
          position,
          "the data offset is %s where %d follows from the tensors before it"
              .formatted(Long.toUnsignedString(offset), nextOffset),
          REMEDY);
    }
    if (byteSize > Long.MAX_VALUE - alignment - nextOffset) {
      throw in.malformed(position, "the end of the tensor does not fit into 63 bits", REMEDY);
    }
    nextOffset = Alignment.padded(nextOffset + byteSize, alignment);
    return offset;
  }

  private static Shape outermostFirst(long[] sizes) {
    long[] reversed = new long[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      reversed[i] = sizes[sizes.length - 1 - i];
    }
    return Shape.of(reversed);
  }
}
