package io.quant4j.gguf.file;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.ModelIoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files of a model that is being written; one is a {@link PendingFile}. Several grow in a
 * directory of their own beside the targets, under the names that they are going to have.
 *
 * <p>A split model is opened by its first file, which therefore moves last, and that of a set which
 * is replaced goes first. So at no moment, whenever the process may die, can a set be opened that
 * is not complete or mixed: it is the old one, the new one, or one without its first file, whose
 * other half lies in the directory. {@link #file} may be used by several threads; the rest by one.
 */
public final class PendingSet implements AutoCloseable {
  private final Optional<Path> directory;
  private final List<PendingFile> files;

  private PendingSet(Optional<Path> directory, List<PendingFile> files) {
    this.directory = directory;
    this.files = files;
  }

  /**
   * A file to be written.
   *
   * @param target path that it will have
   * @param byteSize of the finished file
   */
  public record Part(Path target, long byteSize) {}

  /**
   * Creates all files with their final sizes.
   *
   * @param parts at least one, all in one directory
   * @throws ModelIoException if there is no room for them or the system refuses
   */
  public static PendingSet create(List<Part> parts) {
    Path first = parts.getFirst().target();
    if (parts.size() == 1) {
      PendingFile only = PendingFile.create(first, parts.getFirst().byteSize());
      return new PendingSet(Optional.empty(), List.of(only));
    }
    PendingFile.requireSpace(first, parts.stream().mapToLong(Part::byteSize).sum());
    Path directory = PendingFile.temporaryBeside(first);
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw PendingFile.ioError(first, "no directory can be created beside the target", e);
    }
    PendingSet set = new PendingSet(Optional.of(directory), new ArrayList<>());
    try {
      for (Part part : parts) {
        Path temporary = directory.resolve(part.target().getFileName());
        set.files.add(PendingFile.create(part.target(), temporary, part.byteSize()));
      }
      return set;
    } catch (RuntimeException | Error e) {
      set.close();
      throw e;
    }
  }

  /** A file by its number. */
  public PendingFile file(int number) {
    return files.get(number);
  }

  /** Where the first file can be read, and the others beside it, before they are moved. */
  public Path path() {
    return files.getFirst().path();
  }

  /** Forces everything to disk and closes the files for writing. */
  public void finish() {
    files.forEach(PendingFile::finish);
  }

  /**
   * Gives the finished files their names, replacing what has them.
   *
   * @throws ModelIoException if the system refuses; what was there is put back
   */
  public void moveToTarget() {
    if (directory.isEmpty()) {
      files.getFirst().moveToTarget();
      return;
    }
    List<PendingFile> replaced = new ArrayList<>();
    try {
      steps(replaced).forEach(Runnable::run);
    } catch (RuntimeException | Error e) {
      putBack(replaced, e);
      throw e;
    }
    replaced.forEach(file -> delete(aside(file)));
  }

  /**
   * The moves in their order; the process may die between any two.
   *
   * @param replaced is told which files were moved aside
   */
  List<Runnable> steps(List<PendingFile> replaced) {
    List<Runnable> steps = new ArrayList<>();
    for (PendingFile file : files) {
      if (Files.exists(file.target())) {
        steps.add(() -> {
          move(file, file.target(), aside(file));
          replaced.add(file);
        });
      }
    }
    files.reversed().forEach(file -> steps.add(file::moveToTarget));
    return steps;
  }

  private void putBack(List<PendingFile> replaced, Throwable cause) {
    try {
      files.stream().filter(PendingFile::isMoved).forEach(PendingFile::moveBack);
      for (PendingFile file : replaced.reversed()) {
        move(file, aside(file), file.target());
      }
    } catch (ModelIoException e) {
      cause.addSuppressed(e);
    }
  }

  private static Path aside(PendingFile file) {
    return file.path().resolveSibling("replaced-" + file.target().getFileName());
  }

  private static void move(PendingFile file, Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new ModelIoException(
          ErrorLocation.of(file.target()),
          "the file that is to be replaced cannot be moved (" + e + ")",
          "Check the permissions, or write under another name.",
          e);
    }
  }

  /** Deletes the files unless they were moved. Idempotent and quiet. */
  @Override
  public void close() {
    files.forEach(PendingFile::close);
    directory.ifPresent(PendingSet::delete);
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // A directory that still holds what could not be put back has to stay.
      return;
    }
  }
}
