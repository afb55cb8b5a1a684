package io.quant4j.gguf.file;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.ModelIoException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * A model of one file or of several that were split. All metadata is in the first file; the parts
 * are numbered by {@code split.no} and their names. Thread-safe.
 */
public final class GgufModel implements AutoCloseable {
  /** Beginning of the keys that describe the split and say nothing about the model. */
  public static final String SPLIT_PREFIX = "split.";

  private static final String PART_KEY = SPLIT_PREFIX + "no";
  private static final String COUNT_KEY = SPLIT_PREFIX + "count";
  private static final String TENSORS_KEY = SPLIT_PREFIX + "tensors.count";

  /** Most files of a split model: their number has 16 bits. */
  public static final int MAX_FILES = 0xffff;

  private final List<GgufFile> files;

  private GgufModel(List<GgufFile> files) {
    this.files = List.copyOf(files);
  }

  /**
   * Opens a file and, if it is the first of a split model, those that belong to it.
   *
   * @param types what is known about the type ids of tensors
   * @throws InvalidRequestException if it is a later part of a split model
   * @throws io.quant4j.api.error.QuantException as {@link GgufFile#open}, also for a missing or
   *     foreign part
   */
  public static GgufModel open(Path path, IntFunction<Optional<TensorType>> types) {
    List<GgufFile> files = new ArrayList<>();
    try {
      GgufFile first = GgufFile.open(path, types);
      files.add(first);
      int count = unsigned16(first, COUNT_KEY).orElse(1);
      if (count > 1) {
        SplitName name = checkFirst(first, count);
        for (int part = 1; part < count; part++) {
          files.add(openPart(name.sibling(part), part, count, types));
        }
        checkTensors(files);
      }
      return new GgufModel(files);
    } catch (RuntimeException | Error e) {
      files.forEach(GgufFile::close);
      throw e;
    }
  }

  /**
   * What a file of a split model says about the split.
   *
   * @param part counted from 0
   * @param count number of parts
   * @param tensors of all parts
   */
  public static Map<String, GgufValue> splitValues(int part, int count, int tensors) {
    Map<String, GgufValue> values = new LinkedHashMap<>();
    values.put(PART_KEY, new GgufValue.Int(GgufType.UINT16, part));
    values.put(TENSORS_KEY, GgufValue.int32(tensors));
    values.put(COUNT_KEY, new GgufValue.Int(GgufType.UINT16, count));
    return values;
  }

  private static SplitName checkFirst(GgufFile first, int count) {
    int part = unsigned16(first, PART_KEY).orElse(0);
    Optional<SplitName> name = SplitName.parse(first.path()).filter(n -> n.count() == count);
    if (part != 0) {
      throw new InvalidRequestException(
          ErrorLocation.of(first.path(), PART_KEY),
          "the file is part %d of a model of %d files".formatted(part + 1, count),
          name.map(n -> "Open the first part, " + n.sibling(0).getFileName() + ".")
              .orElse("Open the first part."));
    }
    return name.filter(n -> n.part() == 0)
        .orElseThrow(() ->
            new MalformedModelException(
                ErrorLocation.of(first.path(), COUNT_KEY),
                "the file is the first of %d, but its name does not end in -00001-of-%05d.gguf"
                    .formatted(count, count),
                "Give all parts the names they were published under, or merge them."));
  }

  private static GgufFile openPart(
      Path path, int part, int count, IntFunction<Optional<TensorType>> types) {
    if (!Files.exists(path)) {
      throw new ModelIoException(
          ErrorLocation.of(path),
          "part %d of %d of the model is missing".formatted(part + 1, count),
          "Put all parts into one directory; " + path.getFileName() + " is not there.");
    }
    GgufFile file = GgufFile.open(path, types);
    int statedPart = unsigned16(file, PART_KEY).orElse(-1);
    int statedCount = unsigned16(file, COUNT_KEY).orElse(count);
    if (statedPart != part || statedCount != count) {
      file.close();
      throw new MalformedModelException(
          ErrorLocation.of(path, PART_KEY),
          "the file states to be part %d of %d where part %d of %d is expected"
              .formatted(statedPart + 1, statedCount, part + 1, count),
          "Its name or its content belongs to another file: get the parts again.");
    }
    return file;
  }

  private static void checkTensors(List<GgufFile> files) {
    Set<String> names = new HashSet<>();
    for (GgufFile file : files) {
      for (GgufTensor tensor : file.tensors()) {
        if (!names.add(tensor.name())) {
          throw new MalformedModelException(
              ErrorLocation.of(file.path(), tensor.name()),
              "the tensor is also in an earlier part of the model",
              "The parts do not belong together: get them again.");
        }
      }
    }
    GgufFile first = files.getFirst();
    GgufValue stated = first.values().get(TENSORS_KEY);
    if (!(stated instanceof GgufValue.Int number) || number.value() != names.size()) {
      throw new MalformedModelException(
          ErrorLocation.of(first.path(), TENSORS_KEY),
          "the parts hold %d tensors, but the first states %s"
              .formatted(names.size(), stated == null ? "no number" : stated.toString()),
          "The parts do not belong together: get them again.");
    }
  }

  private static Optional<Integer> unsigned16(GgufFile file, String key) {
    GgufValue value = file.values().get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Int number && number.type() == GgufType.UINT16) {
      return Optional.of((int) number.value());
    }
    throw new MalformedModelException(
        ErrorLocation.of(file.path(), key),
        "the key is of type %s instead of uint16".formatted(value.type()),
        "Split the model again.");
  }

  /** The files in the order of their numbers, at least one. */
  public List<GgufFile> files() {
    return files;
  }

  /** The path that was opened. */
  public Path path() {
    return files.getFirst().path();
  }

  /** Metadata in file order. */
  public Map<String, GgufValue> values() {
    return files.getFirst().values();
  }

  /** Unmaps all files. Idempotent. */
  @Override
  public void close() {
    files.forEach(GgufFile::close);
  }
}
