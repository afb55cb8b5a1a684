package io.quant4j.gguf;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.gguf.file.Alignment;
import io.quant4j.gguf.file.FileLayout;
import io.quant4j.gguf.file.GgufModel;
import io.quant4j.gguf.file.GgufTensor;
import io.quant4j.gguf.file.GgufValue;
import io.quant4j.gguf.file.SplitName;
import io.quant4j.gguf.mapping.MetadataOverrides;
import io.quant4j.gguf.mapping.ModelFacts;
import io.quant4j.gguf.mapping.QuantizationKeys;
import io.quant4j.gguf.mapping.WriteRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lays out the files of a model: one, or a split set whose first file has all the metadata. */
final class FileSet {
  private final Path target;
  private final CheckpointContents contents;
  private final GgufWriter writer;

  /**
   * A file to be written.
   *
   * @param path where it will lie
   * @param layout what stands where in it
   */
  record Part(Path path, FileLayout layout) {}

  FileSet(Path target, CheckpointContents contents, GgufWriter writer) {
    this.target = target;
    this.contents = contents;
    this.writer = writer;
  }

  /**
   * The files in the order of their numbers.
   *
   * @throws UnsupportedModelException if GGUF cannot express the model
   * @throws InvalidRequestException if what is asked for contradicts itself
   */
  List<Part> layouts() {
    WriteRules.check(target, contents);
    Map<String, GgufValue> values = values();
    List<FileLayout.Entry> entries = new Directory(target, writer).entries(contents.tensors());
    try {
      List<Part> parts =
          contents.tensorsPerFile().isEmpty()
              ? List.of(new Part(target, FileLayout.of(values, entries)))
              : split(values, entries);
      requireReadable(values, parts);
      return parts;
    } catch (ArithmeticException e) {
      throw new UnsupportedModelException(
          ErrorLocation.of(target),
          "the model is larger than a file can be",
          "Write fewer tensors.",
          e);
    }
  }

  private Map<String, GgufValue> values() {
    Map<String, GgufValue> values =
        new LinkedHashMap<>(
            ModelFacts.of(contents).toValues(WriteRules.fileType(target, contents.fileType())));
    MetadataOverrides.put(target, contents.overrides(), values);
    contents.importance().ifPresent(origin -> QuantizationKeys.put(origin, values));
    if (Alignment.of(values) > Alignment.MAX_WRITTEN) {
      throw new UnsupportedModelException(
          ErrorLocation.of(target, Alignment.KEY),
          "tensors would have to be padded to %d bytes".formatted(Alignment.of(values)),
          "At most %d are written; check where the model comes from."
              .formatted(Alignment.MAX_WRITTEN));
    }
    return values;
  }

  private List<Part> split(Map<String, GgufValue> values, List<FileLayout.Entry> entries) {
    List<Integer> counts = contents.tensorsPerFile();
    if (counts.size() > GgufModel.MAX_FILES) {
      throw new InvalidRequestException(
          ErrorLocation.of(target),
          "the model would be split into %d files".formatted(counts.size()),
          "At most %d are possible: let the files be larger.".formatted(GgufModel.MAX_FILES));
    }
    List<Part> parts = new ArrayList<>();
    int from = 0;
    for (int count : counts) {
      int number = parts.size();
      Map<String, GgufValue> ofPart = new LinkedHashMap<>(number == 0 ? values : Map.of());
      ofPart.putAll(GgufModel.splitValues(number, counts.size(), entries.size()));
      parts.add(
          new Part(
              SplitName.of(target, number, counts.size()),
              FileLayout.of(ofPart, entries.subList(from, from + count))));
      from += count;
    }
    return parts;
  }

  /** Overrides may say what no reader accepts; better told now than after hours. */
  private void requireReadable(Map<String, GgufValue> values, List<Part> parts) {
    if (contents.overrides().isEmpty()) {
      return;
    }
    List<GgufTensor> tensors =
        parts.stream()
            .flatMap(part -> part.layout().tensors().stream())
            .map(GgufTensor::asStored)
            .toList();
    try {
      ModelFacts.read(target, values, tensors);
    } catch (MalformedModelException | UnsupportedModelException e) {
      throw unreadable(e);
    }
  }

  private InvalidRequestException unreadable(QuantException cause) {
    return new InvalidRequestException(
        ErrorLocation.of(target, cause.subject().orElse("metadata")),
        "the metadata given makes a model that cannot be read: " + cause.reason(),
        "Correct the value, or leave it out.",
        cause);
  }
}
