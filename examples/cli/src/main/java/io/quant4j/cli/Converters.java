package io.quant4j.cli;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.tensor.FormatId;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads option values of more than one command. */
final class Converters {
  private Converters() {}

  /** What the library reads; what it refuses is wrong usage. */
  static <T> T parsed(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (InvalidRequestException | IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }

  /** Reads a format name in any letter case. */
  static final class Format implements ITypeConverter<FormatId> {
    @Override
    public FormatId convert(String value) {
      return parsed(() -> new FormatId(value.toUpperCase(Locale.ROOT)));
    }
  }

  /**
   * An exception by name.
   *
   * @param regex found anywhere in the tensor's name; the library says what is wrong with it
   * @param format what such tensors become
   */
  record TensorType(String regex, FormatId format) {

    /** Reads {@code REGEX=TYPE}; the last equals sign separates. */
    static final class Converter implements ITypeConverter<TensorType> {
      @Override
      public TensorType convert(String value) {
        int separator = value.lastIndexOf('=');
        if (separator <= 0) {
          throw new TypeConversionException("'" + value + "' is not REGEX=TYPE");
        }
        return new TensorType(
            value.substring(0, separator), new Format().convert(value.substring(separator + 1)));
      }
    }
  }

  /** Reads a size such as {@code 300M} or {@code 2G}, in powers of 1000 as upstream's tool. */
  static final class Size implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,8})([MG])");

    @Override
    public Long convert(String value) {
      Matcher m = SIZE.matcher(value);
      if (!m.matches()) {
        throw new TypeConversionException("'" + value + "' is not a size such as 300M or 2G");
      }
      return Long.parseLong(m.group(1)) * (m.group(2).equals("M") ? 1_000_000 : 1_000_000_000);
    }
  }
}
