package io.quant4j.gguf.mapping;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.MetadataValue;
import io.quant4j.gguf.file.Alignment;
import io.quant4j.gguf.file.GgufModel;
import io.quant4j.gguf.file.GgufType;
import io.quant4j.gguf.file.GgufValue;
import java.nio.file.Path;
import java.util.Map;

/** Metadata values that a user sets. */
public final class MetadataOverrides {
  private static final long MAX_UINT32 = 0xffff_ffffL;

  private MetadataOverrides() {}

  /**
   * Puts the values in place of those that are there.
   *
   * @param target named in errors
   * @throws InvalidRequestException if a key is not for users to set
   */
  public static void put(
      Path target, Map<String, MetadataValue> overrides, Map<String, GgufValue> values) {
    overrides.forEach((key, value) -> {
      if (key.isEmpty()
          || key.equals(ModelKeys.ARCHITECTURE)
          || key.startsWith(GgufModel.SPLIT_PREFIX)) {
        throw new InvalidRequestException(
            ErrorLocation.of(target, key),
            "the metadata key cannot be overridden",
            "The architecture and the split follow from the model itself; leave the key out.");
      }
      GgufValue typed = typed(value);
      if (key.equals(Alignment.KEY) && !isAlignment(typed)) {
        throw new InvalidRequestException(
            ErrorLocation.of(target, key),
            "the alignment " + typed + " is not a power of two",
            "Leave it out; 32 is usual.");
      }
      values.put(key, typed);
    });
  }

  private static boolean isAlignment(GgufValue value) {
    return value instanceof GgufValue.Int number
        && number.type() == GgufType.UINT32
        && Alignment.isValid(number.value());
  }

  private static GgufValue typed(MetadataValue value) {
    return switch (value) {
      case MetadataValue.Int(long number) -> new GgufValue.Int(integerType(number), number);
      case MetadataValue.Real(double number) -> GgufValue.float32((float) number);
      case MetadataValue.Bool(boolean truth) -> GgufValue.bool(truth);
      case MetadataValue.Text(String text) -> GgufValue.text(text);
    };
  }

  /** Readers expect unsigned numbers of 32 bits wherever these do. */
  private static GgufType integerType(long number) {
    if (number >= 0 && number <= MAX_UINT32) {
      return GgufType.UINT32;
    }
    return number == (int) number ? GgufType.INT32 : GgufType.INT64;
  }
}
