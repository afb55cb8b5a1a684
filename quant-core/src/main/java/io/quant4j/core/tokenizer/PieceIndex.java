package io.quant4j.core.tokenizer;

import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Finds vocabulary entries by their text. Only entries that ordinary text may become are in it:
 * control, unknown and byte entries are not, so that text which merely spells {@code <s>} never
 * turns into the control token. Of entries with the same text the last one counts, as in llama.cpp.
 *
 * <p>Merges may name texts that are no entry; such a text is interned under an id from {@link
 * #vocabularySize()} on.
 */
final class PieceIndex {
  /** Factor of the hash, so that a hostile vocabulary cannot aim all its texts at one slot. */
  private static final long SECRET = RandomGenerator.getDefault().nextLong() | 1;

  private final List<String> texts;
  private final int vocabularySize;
  private int[] slots;
  private int used;
  private int longest;

  PieceIndex(Vocabulary vocabulary) {
    texts = new ArrayList<>(vocabulary.pieces());
    vocabularySize = texts.size();
    slots = new int[Integer.highestOneBit(Math.max(8, vocabularySize)) << 2];
    char[] text = {};
    for (int id = 0; id < vocabularySize; id++) {
      String piece = texts.get(id);
      int length = piece.length();
      if (length > 0 && isText(vocabulary.types().get(id))) {
        if (length > text.length) {
          text = new char[2 * length];
        }
        piece.getChars(0, length, text, 0);
        put(slot(text, 0, length), id);
      }
    }
  }

  private static boolean isText(TokenType type) {
    return switch (type) {
      case NORMAL, USER_DEFINED, UNUSED -> true;
      case UNKNOWN, CONTROL, BYTE -> false;
    };
  }

  /** Number of vocabulary entries; ids from here on are texts that are no entry. */
  int vocabularySize() {
    return vocabularySize;
  }

  /** Number of ids, those of interned texts included. */
  int size() {
    return texts.size();
  }

  /** The text of an id, interned ones included. */
  String text(int id) {
    return texts.get(id);
  }

  /** The id of a text, or -1. */
  int find(char[] text, int from, int to) {
    return to - from > longest ? -1 : slots[slot(text, from, to)] - 1;
  }

  /** The id of a text; a new one from {@link #vocabularySize()} on if it has none. */
  int intern(char[] text, int from, int to) {
    int slot = slot(text, from, to);
    if (slots[slot] != 0) {
      return slots[slot] - 1;
    }
    texts.add(new String(text, from, to - from));
    put(slot, texts.size() - 1);
    return texts.size() - 1;
  }

  private void put(int slot, int id) {
    boolean fresh = slots[slot] == 0;
    slots[slot] = id + 1;
    longest = Math.max(longest, texts.get(id).length());
    if (fresh && ++used > slots.length >>> 1) {
      grow();
    }
  }

  private void grow() {
    int[] old = slots;
    slots = new int[old.length << 1];
    for (int entry : old) {
      if (entry != 0) {
        char[] text = texts.get(entry - 1).toCharArray();
        slots[slot(text, 0, text.length)] = entry;
      }
    }
  }

  /** Where the text is, or the empty slot where it belongs. */
  private int slot(char[] text, int from, int to) {
    long hash = 0;
    for (int i = from; i < to; i++) {
      hash = (hash + text[i]) * SECRET;
      hash ^= hash >>> 29;
    }
    int mask = slots.length - 1;
    int slot = (int) (hash >>> 20) & mask;
    while (slots[slot] != 0 && !same(texts.get(slots[slot] - 1), text, from, to)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static boolean same(String entry, char[] text, int from, int to) {
    if (entry.length() != to - from) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (entry.charAt(i - from) != text[i]) {
        return false;
      }
    }
    return true;
  }
}
