package io.quant4j.gguf.file;

import java.util.Arrays;

/**
 * The first 24 bytes of a file of version 2 or 3, which have the same layout.
 *
 * @param tensorCount entries of the tensor directory
 * @param keyCount metadata entries
 */
record Header(int tensorCount, int keyCount) {
  static final byte[] MAGIC = {'G', 'G', 'U', 'F'};

  /** Version that is written. */
  static final int CURRENT_VERSION = 3;

  /** More than any model has; bounds the heap that a hostile file can claim. */
  static final int MAX_COUNT = 1 << 18;

  /** Name length, one character or none, number of dimensions, type id, offset. */
  private static final int MIN_TENSOR_BYTES = 8 + 4 + 4 + 8;

  /** Key length, one character, value type, a value of one byte. */
  private static final int MIN_KEY_BYTES = 8 + 1 + 4 + 1;

  static Header read(ByteCursor in, byte[] head) {
    checkMagic(in, head);
    in.readInt("the magic number");
    checkVersion(in);
    int tensors = readCount(in, "tensor count", MIN_TENSOR_BYTES);
    int keys = readCount(in, "key count", MIN_KEY_BYTES);
    return new Header(tensors, keys);
  }

  private static void checkMagic(ByteCursor in, byte[] head) {
    if (head.length == 0) {
      throw in.malformed(0, "the file is empty", "Download it again.");
    }
    if (Arrays.equals(head, 0, Math.min(4, head.length), MAGIC, 0, Math.min(4, head.length))) {
      return;
    }
    throw in.malformed(0, "not a GGUF file" + FileKind.describe(head), FileKind.remedy(head));
  }

  private static void checkVersion(ByteCursor in) {
    long offset = in.position();
    int version = in.readInt("the version");
    if (version == 0) {
      throw in.malformed(offset, "version 0 does not exist", "Get the file again.");
    }
    if ((version & 0xffff) == 0) {
      throw in.unsupported(
          offset,
          "the file is big-endian",
          "Convert it to little-endian byte order, as all common models are.");
    }
    if (version == 1) {
      throw in.unsupported(
          offset,
          "version 1 of the format (2023) is no longer in use",
          "Get a newer file of the model: version 2 and 3 are read.");
    }
    if (version < 0 || version > CURRENT_VERSION) {
      throw in.unsupported(
          offset,
          "version " + Integer.toUnsignedString(version) + " of the format is not known",
          "Version 2 and 3 are read: update this library or get another file.");
    }
  }

  private static int readCount(ByteCursor in, String what, int minimumBytes) {
    long offset = in.position();
    long count = in.readLong("the " + what);
    if (count < 0 || count > in.remaining() / minimumBytes) {
      throw in.malformed(
          offset,
          "%s of %s does not fit into the %d bytes that follow"
              .formatted(what, Long.toUnsignedString(count), in.remaining()),
          "The file is incomplete or damaged: get it again.");
    }
    if (count > MAX_COUNT) {
      throw in.unsupported(
          offset,
          "%s of %d is above the limit of %d".formatted(what, count, MAX_COUNT),
          "No known model has that many; check where the file comes from.");
    }
    return (int) count;
  }
}
