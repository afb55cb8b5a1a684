package io.quant4j.gguf.file;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the metadata entries that follow the header. */
final class MetadataReader {
  private static final String REMEDY = "The file is damaged or was written wrongly: get it again.";

  private final ByteCursor in;

  MetadataReader(ByteCursor in) {
    this.in = in;
  }

  /** Keys in file order. */
  Map<String, GgufValue> read(int count) {
    Map<String, GgufValue> values = LinkedHashMap.newLinkedHashMap(Math.min(count, 1024));
    for (int i = 0; i < count; i++) {
      long offset = in.position();
      in.about("key " + i);
      String key = in.readName("the key");
      if (key.isEmpty()) {
        throw in.malformed(offset, "a metadata key is empty", REMEDY);
      }
      in.about(key);
      if (values.containsKey(key)) {
        throw in.malformed(offset, "the metadata key occurs twice", REMEDY);
      }
      values.put(key, readValue(readType("the value type")));
    }
    return values;
  }

  private GgufType readType(String what) {
    long offset = in.position();
    int id = in.readInt(what);
    return GgufType.byId(id)
        .orElseThrow(() ->
            in.malformed(
                offset, "value type %d does not exist (0 to 12 do)".formatted(id), REMEDY));
  }

  private GgufValue readValue(GgufType type) {
    String what = "the value";
    return switch (type) {
      case STRING -> new Text(in.readBytes(in.readStringLength(what), what));
      case ARRAY -> readArray();
      default ->
          new NumberArray(type, in.readBytes(type.minimumBytes(), "the " + type + " value")).get(0);
    };
  }

  private GgufValue readArray() {
    long typeOffset = in.position();
    GgufType element = readType("the element type");
    if (element == GgufType.ARRAY) {
      throw in.unsupported(
          typeOffset, "arrays of arrays are not read", "No known tool writes them; get it again.");
    }
    long offset = in.position();
    long count = in.readLong("the array length");
    long minimum = element.minimumBytes();
    if (count < 0 || count > ByteCursor.MAX_ARRAY_ELEMENTS || count > in.remaining() / minimum) {
      throw in.malformed(
          offset,
          "an array of %s elements of %s does not fit into the %d bytes that follow"
              .formatted(Long.toUnsignedString(count), element, in.remaining()),
          REMEDY);
    }
    if (element == GgufType.STRING) {
      return new TextArray((int) count, in.readStrings((int) count, "an array element"));
    }
    return new NumberArray(element, in.readBytes(count * minimum, "the array"));
  }
}
