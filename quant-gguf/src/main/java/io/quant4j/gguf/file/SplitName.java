package io.quant4j.gguf.file;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of one file of a split model, such as {@code m-00001-of-00003.gguf}.
 *
 * @param path what was parsed; the other parts lie beside it
 * @param prefix what stands in front of the number
 * @param part counted from 0 (the name counts from 1)
 * @param count number of parts
 */
public record SplitName(Path path, String prefix, int part, int count) {
  private static final Pattern PATTERN = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

  /** The parts of a path's name, if it has that form. */
  public static Optional<SplitName> parse(Path path) {
    Path name = path.getFileName();
    Matcher matcher = PATTERN.matcher(name == null ? "" : name.toString());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int part = Integer.parseInt(matcher.group(2)) - 1;
    int count = Integer.parseInt(matcher.group(3));
    return Optional.of(new SplitName(path, matcher.group(1), part, count));
  }

  /**
   * The path of a part of a split model.
   *
   * @param target what the model would be called in one file; a name of a part stands for its set
   * @param part counted from 0
   * @param count number of parts
   */
  public static Path of(Path target, int part, int count) {
    String prefix =
        parse(target)
            .map(SplitName::prefix)
            .orElseGet(() -> target.getFileName().toString().replaceFirst("(?i)\\.gguf$", ""));
    return new SplitName(target, prefix, part, count).sibling(part);
  }

  /** The path of another part, beside this one. */
  Path sibling(int otherPart) {
    return path.resolveSibling(
        String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", prefix, otherPart + 1, count));
  }
}
