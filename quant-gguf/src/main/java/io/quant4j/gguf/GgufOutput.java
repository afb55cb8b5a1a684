package io.quant4j.gguf;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.gguf.file.Coverage;
import io.quant4j.gguf.file.FileLayout;
import io.quant4j.gguf.file.GgufFile;
import io.quant4j.gguf.file.GgufModel;
import io.quant4j.gguf.file.GgufTensor;
import io.quant4j.gguf.file.PendingFile;
import io.quant4j.gguf.mapping.ModelFacts;
import io.quant4j.gguf.mapping.TensorTypes;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A GGUF file whose header is written and whose tensors are coming. */
final class GgufOutput implements CheckpointOutput {
  private enum State {
    OPEN,
    /** A write or commit failed; only {@link #close()} is left. */
    BROKEN,
    DONE
  }

  private final Path target;
  private final PendingFile file;
  private final List<GgufTensor> tensors;
  private final long dataStart;
  private final long byteSize;
  private final List<Coverage> coverage;

  /** Writes share it; commit and close wait for them. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private volatile State state = State.OPEN;

  private GgufOutput(Path target, PendingFile file, FileLayout layout) {
    this.target = target;
    this.file = file;
    this.tensors = layout.tensors();
    this.dataStart = layout.header().length;
    this.byteSize = layout.byteSize();
    this.coverage = tensors.stream().map(tensor -> new Coverage(tensor.byteSize())).toList();
  }

  static GgufOutput create(Path target, FileLayout layout) {
    PendingFile file = PendingFile.create(target, layout.byteSize());
    try {
      file.write(0, MemorySegment.ofArray(layout.header()));
      return new GgufOutput(target, file, layout);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  @Override
  public String name(int tensor) {
    return tensors.get(checked(tensor)).name();
  }

  @Override
  public void write(int tensor, long byteOffset, MemorySegment bytes) {
    GgufTensor entry = tensors.get(checked(tensor));
    lock.readLock().lock();
    try {
      requireOpen();
      // Written so that a huge offset cannot wrap to a small end.
      boolean inside = byteOffset >= 0 && byteOffset <= entry.byteSize() - bytes.byteSize();
      if (!inside || !coverage.get(tensor).claim(byteOffset, byteOffset + bytes.byteSize())) {
        throw invalid(
            entry.name(),
            "bytes %d and %d more are outside the tensor of %d bytes or were written before"
                .formatted(byteOffset, bytes.byteSize(), entry.byteSize()));
      }
      boolean written = false;
      try {
        file.write(dataStart + entry.offset() + byteOffset, bytes);
        written = true;
      } finally {
        if (!written) {
          state = State.BROKEN;
        }
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public long commit() {
    lock.writeLock().lock();
    try {
      requireOpen();
      requireCovered();
      state = State.BROKEN;
      file.finish();
      verify();
      file.moveToTarget();
      state = State.DONE;
      return byteSize;
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void requireCovered() {
    for (int i = 0; i < tensors.size(); i++) {
      OptionalLong missing = coverage.get(i).firstMissing();
      if (missing.isPresent()) {
        throw invalid(
            tensors.get(i).name(),
            "byte %d of the tensor was not written".formatted(missing.getAsLong()));
      }
    }
  }

  /** Reads the finished file as anyone would and compares what was meant. */
  private void verify() {
    try (GgufModel model = GgufModel.open(file.path(), TensorTypes::byId)) {
      ModelFacts.read(model);
      GgufFile read = model.files().getFirst();
      boolean same =
          read.byteSize() == byteSize
              && read.dataStart() == dataStart
              && read.tensors().equals(tensors.stream().map(GgufTensor::asStored).toList());
      if (!same) {
        throw new ModelIoException(
            ErrorLocation.of(target),
            "the finished file does not read back as it was written",
            "Check the disk, and write the file again.");
      }
    }
  }

  private int checked(int tensor) {
    if (tensor < 0 || tensor >= tensors.size()) {
      throw invalid(
          "tensor " + tensor, "there are %d tensors, counted from 0".formatted(tensors.size()));
    }
    return tensor;
  }

  private void requireOpen() {
    if (state != State.OPEN) {
      throw invalid(
          "output",
          state == State.DONE
              ? "the file was committed or closed"
              : "an earlier write or commit failed");
    }
  }

  private InvalidRequestException invalid(String subject, String reason) {
    return new InvalidRequestException(
        ErrorLocation.of(target, subject),
        reason,
        "Write every byte of every tensor once, then commit once.");
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      state = State.DONE;
      file.close();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
