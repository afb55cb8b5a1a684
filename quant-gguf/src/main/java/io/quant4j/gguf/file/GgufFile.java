package io.quant4j.gguf.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * One open file, mapped read-only and checked: every tensor of the directory lies inside it.
 * Thread-safe.
 *
 * <p>Layout: <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">gguf.md</a>,
 * versions 2 and 3.
 */
public final class GgufFile implements AutoCloseable {
  private final MappedFile mapping;
  private final MemorySegment bytes;
  private final Map<String, GgufValue> values;
  private final List<GgufTensor> tensors;
  private final long dataStart;

  private GgufFile(MappedFile mapping, IntFunction<Optional<TensorType>> types) {
    this.mapping = mapping;
    this.bytes = mapping.bytes();
    ByteCursor in = new ByteCursor(mapping.path(), bytes);
    byte[] head =
        bytes
            .asSlice(0, Math.min(FileKind.HEAD_BYTES, bytes.byteSize()))
            .toArray(ValueLayout.JAVA_BYTE);
    Header header = Header.read(in, head);
    this.values = Collections.unmodifiableMap(new MetadataReader(in).read(header.keyCount()));
    long alignment = alignment(in);
    this.tensors =
        Collections.unmodifiableList(
            new DirectoryReader(in, types, alignment).read(header.tensorCount()));
    this.dataStart = Alignment.padded(in.position(), alignment);
    checkBounds(in);
  }

  /**
   * Opens and checks a file; nothing of the tensors' data is read.
   *
   * @param types what is known about the type ids of tensors
   * @throws io.quant4j.api.error.MalformedModelException if the bytes break the rules of the format
   * @throws io.quant4j.api.error.UnsupportedModelException if the file is beyond what is known here
   * @throws io.quant4j.api.error.ModelIoException if the system refuses to read
   */
  public static GgufFile open(Path path, IntFunction<Optional<TensorType>> types) {
    MappedFile mapping = MappedFile.open(path);
    try {
      return new GgufFile(mapping, types);
    } catch (RuntimeException | Error e) {
      mapping.close();
      throw e;
    }
  }

  private long alignment(ByteCursor in) {
    GgufValue value = values.get(Alignment.KEY);
    if (value == null) {
      return Alignment.DEFAULT;
    }
    in.about(Alignment.KEY);
    if (!(value instanceof GgufValue.Int number) || number.type() != GgufType.UINT32) {
      throw in.malformed(
          in.position(), "the alignment is not of type uint32", "Write the file again.");
    }
    if (!Alignment.isValid(number.value())) {
      throw in.malformed(
          in.position(),
          "the alignment of %d is not a power of two".formatted(number.value()),
          "Write the file again.");
    }
    return number.value();
  }

  private void checkBounds(ByteCursor in) {
    if (tensors.isEmpty()) {
      return;
    }
    String remedy = "The file is incomplete: download it again.";
    if (dataStart > bytes.byteSize()) {
      throw in.malformed(
          in.position(),
          "tensor data starts at byte %d, but the file has only %d bytes"
              .formatted(dataStart, bytes.byteSize()),
          remedy);
    }
    for (GgufTensor tensor : tensors) {
      // Offsets and sizes were checked not to wrap when they were added up.
      if (tensor.offset() + tensor.byteSize() > bytes.byteSize() - dataStart) {
        in.about(tensor.name());
        throw in.malformed(
            dataStart,
            "the tensor takes bytes %d to %d of the data section, of which the file has %d"
                .formatted(
                    tensor.offset(),
                    tensor.offset() + tensor.byteSize(),
                    bytes.byteSize() - dataStart),
            remedy);
      }
    }
  }

  /** The file as the caller named it. */
  public Path path() {
    return mapping.path();
  }

  /** What has to be closed in the end, for callers that have no more use for the metadata. */
  public MappedFile mapping() {
    return mapping;
  }

  /** Metadata in file order. */
  public Map<String, GgufValue> values() {
    return values;
  }

  /** Tensor directory in file order. */
  public List<GgufTensor> tensors() {
    return tensors;
  }

  /** Where the data section starts, in bytes. */
  public long dataStart() {
    return dataStart;
  }

  /** Size of the file in bytes. */
  public long byteSize() {
    return bytes.byteSize();
  }

  /**
   * The stored bytes of a tensor of {@link #tensors()}, mapped and valid until {@link #close()}.
   */
  public MemorySegment data(GgufTensor tensor) {
    return bytes.asSlice(dataStart + tensor.offset(), tensor.byteSize());
  }

  /** Unmaps the file. Idempotent. */
  @Override
  public void close() {
    mapping.close();
  }
}
