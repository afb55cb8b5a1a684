package io.quant4j.gguf.file;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Names what a file that is not GGUF seems to be, by its first bytes. */
final class FileKind {
  /** How many first bytes are looked at. */
  static final int HEAD_BYTES = 64;

  /** What people end up with instead of a model. */
  private record Kind(String name, String remedy, Predicate<byte[]> matches) {}

  private static final String DOWNLOAD = "Download the model file itself, not the page about it.";
  private static final String CONVERT = "Convert it to GGUF, or open it with a reader of its own.";

  private static final List<Kind> KINDS =
      List.of(
          new Kind("an HTML page", DOWNLOAD, startsWithText("<!doctype html", "<html", "<head")),
          new Kind("an XML document, probably a server's error", DOWNLOAD, startsWithText("<?xml")),
          new Kind(
              "a Git LFS pointer",
              "Fetch the real file with 'git lfs pull' or download it.",
              startsWithText("version https://git-lfs")),
          new Kind("a ZIP archive (a PyTorch file is one)", CONVERT, startsWith('P', 'K', 3, 4)),
          new Kind("a safetensors file", CONVERT, FileKind::isSafetensors),
          new Kind("a Python pickle (an old PyTorch file)", CONVERT, startsWith(0x80, 2)),
          new Kind(
              "a GGML file from before GGUF",
              "Get a GGUF version of the model; the old formats are no longer in use.",
              head ->
                  startsWith('l', 'm', 'g', 'g').test(head)
                      || startsWith('f', 'm', 'g', 'g').test(head)
                      || startsWith('t', 'j', 'g', 'g').test(head)),
          new Kind("a gzip archive", "Unpack it first.", startsWith(0x1f, 0x8b)),
          new Kind("a Zstandard archive", "Unpack it first.", startsWith(0x28, 0xb5, 0x2f, 0xfd)),
          new Kind("a JSON document", DOWNLOAD, startsWithText("{", "[")),
          new Kind(
              "an unfinished download (it begins with zeros)",
              "Download it again.",
              head -> head.length >= 4 && allZero(head)));

  private FileKind() {}

  /** A phrase such as ": this looks like an HTML page", or nothing if the bytes say nothing. */
  static String describe(byte[] head) {
    return KINDS.stream()
        .filter(kind -> kind.matches().test(head))
        .findFirst()
        .map(kind -> ": this looks like " + kind.name())
        .orElse("");
  }

  /** What to do about it. */
  static String remedy(byte[] head) {
    return KINDS.stream()
        .filter(kind -> kind.matches().test(head))
        .findFirst()
        .map(Kind::remedy)
        .orElse("Check that the path names a GGUF model and that its download is complete.");
  }

  private static Predicate<byte[]> startsWith(int... prefix) {
    return head -> {
      if (head.length < prefix.length) {
        return false;
      }
      for (int i = 0; i < prefix.length; i++) {
        if (Byte.toUnsignedInt(head[i]) != prefix[i]) {
          return false;
        }
      }
      return true;
    };
  }

  private static Predicate<byte[]> startsWithText(String... prefixes) {
    return head -> {
      String text = new String(head, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT);
      return Arrays.stream(prefixes).anyMatch(text::startsWith);
    };
  }

  /** 8 bytes of header length, less than 2^32, then a JSON object. */
  private static boolean isSafetensors(byte[] head) {
    return head.length > 8
        && head[8] == '{'
        && head[4] == 0
        && head[5] == 0
        && head[6] == 0
        && head[7] == 0;
  }

  private static boolean allZero(byte[] head) {
    for (byte b : head) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
