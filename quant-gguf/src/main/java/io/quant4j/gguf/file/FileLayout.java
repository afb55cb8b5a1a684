package io.quant4j.gguf.file;

import io.quant4j.api.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A file that is going to be written: everything in front of the tensor data, and where that lies.
 *
 * @param header bytes from the start of the file to the data section, padding included
 * @param tensors the directory
 * @param byteSize size of the whole file, the padding after the last tensor included
 */
public record FileLayout(byte[] header, List<GgufTensor> tensors, long byteSize) {

  /**
   * A tensor without its place in the file.
   *
   * @param name at most {@link GgufTensor#MAX_NAME_BYTES} bytes of UTF-8
   * @param type how the elements are stored
   * @param shape outermost first, at most {@link GgufTensor#MAX_DIMENSIONS} sizes
   * @param byteSize stored bytes without padding
   */
  public record Entry(String name, TensorType type, Shape shape, long byteSize) {}

  /**
   * Lays out a file of version 3.
   *
   * @param values metadata in the order in which it is written
   * @param entries tensors in the order in which they are written
   * @throws ArithmeticException if the file would have more bytes than a long holds, or its header
   *     more than an array
   */
  public static FileLayout of(Map<String, GgufValue> values, List<Entry> entries) {
    long alignment = Alignment.of(values);
    List<GgufTensor> tensors = new ArrayList<>(entries.size());
    long offset = 0;
    for (Entry entry : entries) {
      tensors.add(
          new GgufTensor(entry.name(), entry.type(), entry.shape(), offset, entry.byteSize()));
      long end = Math.addExact(offset, entry.byteSize());
      offset = Math.addExact(end, Alignment.padded(end, alignment) - end);
    }
    byte[] header = HeaderEncoder.encode(values, tensors, alignment);
    return new FileLayout(header, List.copyOf(tensors), Math.addExact(header.length, offset));
  }
}
