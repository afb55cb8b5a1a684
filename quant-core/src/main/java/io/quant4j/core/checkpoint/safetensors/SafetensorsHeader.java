package io.quant4j.core.checkpoint.safetensors;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.core.checkpoint.json.JsonCursor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file: {@code {"name": {"dtype": "BF16", "shape": [2, 3],
 * "data_offsets": [0, 12]}, ..., "__metadata__": {"format": "pt"}}}. Once parsed it is sound:
 * entries tile the data without holes or overlap, and the size of each follows from its shape and
 * type (unless the type is one that this release does not know). The metadata, free text of whoever
 * wrote the file, is checked and left.
 *
 * @param entries in the order of their data
 */
record SafetensorsHeader(List<SafetensorsEntry> entries) {
  private static final String METADATA = "__metadata__";
  private static final int MAX_TENSORS = 200_000;
  private static final int MAX_RANK = 64;
  private static final Pattern DTYPE = Pattern.compile("[A-Za-z0-9_]{1,32}");
  private static final Comparator<SafetensorsEntry> BY_OFFSET =
      Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end);

  /**
   * Parses and checks a header.
   *
   * @param file named in errors
   * @param json the header's bytes, padding included
   * @param dataBytes bytes of the file after the header
   * @throws MalformedModelException if it breaks the rules of the format
   */
  static SafetensorsHeader parse(Path file, byte[] json, long dataBytes) {
    if (json[0] != '{') {
      throw malformed(ErrorLocation.of(file, 8), "the header does not begin with '{'");
    }
    List<SafetensorsEntry> entries = new ArrayList<>();
    JsonCursor.readMembers(
        file,
        json,
        (key, cursor) -> {
          if (key.equals(METADATA)) {
            cursor.object(name -> cursor.string());
          } else if (entries.size() == MAX_TENSORS) {
            throw cursor.malformed("the header names more than " + MAX_TENSORS + " tensors");
          } else {
            entries.add(new EntryParser(file, key, cursor).parse());
          }
        });
    entries.sort(BY_OFFSET);
    checkTiling(file, entries, dataBytes);
    return new SafetensorsHeader(List.copyOf(entries));
  }

  private static void checkTiling(Path file, List<SafetensorsEntry> entries, long dataBytes) {
    long end = 0;
    for (SafetensorsEntry entry : entries) {
      if (entry.begin() != end) {
        throw malformed(
            ErrorLocation.of(file, entry.name()),
            "data begins at %d, but the tensors before it end at %d: %s"
                .formatted(entry.begin(), end, entry.begin() > end ? "a hole" : "an overlap"));
      }
      end = entry.end();
    }
    if (end != dataBytes) {
      throw malformed(
          ErrorLocation.of(file),
          "the tensors take %d bytes, but %d bytes follow the header".formatted(end, dataBytes));
    }
  }

  private static MalformedModelException malformed(ErrorLocation location, String reason) {
    return new MalformedModelException(
        location, reason, "The file is damaged or incomplete; get it again.");
  }

  /** Parses the object that describes one tensor. */
  private static final class EntryParser {
    private final Path file;
    private final String name;
    private final JsonCursor cursor;
    private @Nullable String dtype;
    private @Nullable List<Long> sizes;
    private @Nullable List<Long> offsets;

    EntryParser(Path file, String name, JsonCursor cursor) {
      this.file = file;
      this.name = name;
      this.cursor = cursor;
    }

    SafetensorsEntry parse() {
      cursor.object(key -> {
        switch (key) {
          case "dtype" -> dtype = cursor.string();
          case "shape" -> sizes = counts(MAX_RANK);
          case "data_offsets" -> offsets = counts(2);
          default -> throw cursor.malformed("unknown key in the description of a tensor");
        }
      });
      return entry(
          required("dtype", dtype), required("shape", sizes), required("data_offsets", offsets));
    }

    private List<Long> counts(int max) {
      List<Long> counts = new ArrayList<>(4);
      cursor.array(() -> {
        if (counts.size() == max) {
          throw cursor.malformed("more than " + max + " numbers");
        }
        counts.add(cursor.count());
      });
      return counts;
    }

    private <T> T required(String key, @Nullable T value) {
      if (value == null) {
        throw fault(key + " is missing");
      }
      return value;
    }

    private SafetensorsEntry entry(String dtype, List<Long> sizes, List<Long> offsets) {
      if (!DTYPE.matcher(dtype).matches()) {
        throw fault("dtype is not a name of letters, digits and underscores");
      }
      if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
        throw fault("data_offsets " + offsets + " are not a begin and an end");
      }
      Shape shape = shape(sizes);
      var entry =
          new SafetensorsEntry(
              name, new FormatId(dtype), shape, offsets.getFirst(), offsets.getLast());
      Optional<Dtype> known = Dtype.find(dtype);
      if (known.isPresent() && entry.byteSize() != byteSize(shape, known.get())) {
        throw fault(
            "data_offsets span %d bytes, but shape %s of %s takes %d"
                .formatted(entry.byteSize(), shape, dtype, byteSize(shape, known.get())));
      }
      return entry;
    }

    private Shape shape(List<Long> sizes) {
      try {
        return new Shape(sizes);
      } catch (ArithmeticException e) {
        throw fault("shape " + sizes + " has more elements than a 64-bit number can count");
      }
    }

    private long byteSize(Shape shape, Dtype dtype) {
      long elements = shape.elements();
      if (elements > Long.MAX_VALUE / dtype.bits() || elements * dtype.bits() % 8 != 0) {
        throw fault("shape " + shape + " of " + dtype + " is not a whole number of bytes");
      }
      return elements * dtype.bits() / 8;
    }

    private MalformedModelException fault(String reason) {
      return malformed(ErrorLocation.of(file, name), reason);
    }
  }
}
