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
import io.quant4j.gguf.file.PendingSet;
import io.quant4j.gguf.mapping.ModelFacts;
import io.quant4j.gguf.mapping.TensorTypes;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** GGUF files whose headers are written and whose tensors are coming. */
final class GgufOutput implements CheckpointOutput {
  private enum State {
    OPEN,
    /** A write or commit failed; only {@link #close()} is left. */
    BROKEN,
    DONE
  }

  private final Path target;
  private final List<FileSet.Part> parts;
  private final PendingSet files;

  /** By tensor. */
  private final List<Place> places = new ArrayList<>();

  /** Writes share it; commit and close wait for them. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private volatile State state = State.OPEN;

  /**
   * Where a tensor goes.
   *
   * @param file number of its file
   * @param start of its data, from the start of the file
   */
  private record Place(GgufTensor tensor, int file, long start, Coverage coverage) {}

  private GgufOutput(Path target, List<FileSet.Part> parts, PendingSet files) {
    this.target = target;
    this.parts = parts;
    this.files = files;
    for (int i = 0; i < parts.size(); i++) {
      FileLayout layout = parts.get(i).layout();
      for (GgufTensor tensor : layout.tensors()) {
        long start = layout.header().length + tensor.offset();
        places.add(new Place(tensor, i, start, new Coverage(tensor.byteSize())));
      }
    }
  }

  static GgufOutput create(Path target, List<FileSet.Part> parts) {
    PendingSet files =
        PendingSet.create(
            parts.stream()
                .map(part -> new PendingSet.Part(part.path(), part.layout().byteSize()))
                .toList());
    try {
      for (int i = 0; i < parts.size(); i++) {
        files.file(i).write(0, MemorySegment.ofArray(parts.get(i).layout().header()));
      }
      return new GgufOutput(target, parts, files);
    } catch (RuntimeException | Error e) {
      files.close();
      throw e;
    }
  }

  @Override
  public String name(int tensor) {
    return places.get(checked(tensor)).tensor().name();
  }

  @Override
  public void write(int tensor, long byteOffset, MemorySegment bytes) {
    Place place = places.get(checked(tensor));
    GgufTensor entry = place.tensor();
    lock.readLock().lock();
    try {
      requireOpen();
      // Written so that a huge offset cannot wrap to a small end.
      boolean inside = byteOffset >= 0 && byteOffset <= entry.byteSize() - bytes.byteSize();
      if (!inside || !place.coverage().claim(byteOffset, byteOffset + bytes.byteSize())) {
        throw invalid(
            entry.name(),
            "bytes %d and %d more are outside the tensor of %d bytes or were written before"
                .formatted(byteOffset, bytes.byteSize(), entry.byteSize()));
      }
      boolean written = false;
      try {
        files.file(place.file()).write(place.start() + byteOffset, bytes);
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
      files.finish();
      verify();
      files.moveToTarget();
      state = State.DONE;
      return parts.stream().mapToLong(part -> part.layout().byteSize()).sum();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void requireCovered() {
    for (Place place : places) {
      OptionalLong missing = place.coverage().firstMissing();
      if (missing.isPresent()) {
        throw invalid(
            place.tensor().name(),
            "byte %d of the tensor was not written".formatted(missing.getAsLong()));
      }
    }
  }

  /** Reads the finished files as anyone would and compares what was meant. */
  private void verify() {
    try (GgufModel model = GgufModel.open(files.path(), TensorTypes::byId)) {
      ModelFacts.read(model);
      boolean same = model.files().size() == parts.size();
      for (int i = 0; same && i < parts.size(); i++) {
        same = isSame(model.files().get(i), parts.get(i).layout());
      }
      if (!same) {
        throw new ModelIoException(
            ErrorLocation.of(target),
            "the finished file does not read back as it was written",
            "Check the disk, and write the file again.");
      }
    }
  }

  private static boolean isSame(GgufFile read, FileLayout meant) {
    return read.byteSize() == meant.byteSize()
        && read.dataStart() == meant.header().length
        && read.tensors().equals(meant.tensors().stream().map(GgufTensor::asStored).toList());
  }

  private int checked(int tensor) {
    if (tensor < 0 || tensor >= places.size()) {
      throw invalid(
          "tensor " + tensor, "there are %d tensors, counted from 0".formatted(places.size()));
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
      files.close();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
