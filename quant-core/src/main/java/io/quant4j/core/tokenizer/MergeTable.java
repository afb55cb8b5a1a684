package io.quant4j.core.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.Vocabulary;
import java.util.Arrays;
import java.util.List;

/**
 * Which neighbouring symbols merge, into what and how urgently. A symbol is an id of a {@link
 * PieceIndex}. Both kinds of BPE end up here: ranked merges as they are listed, scored vocabularies
 * as all pairs whose concatenation is an entry. Immutable once made.
 */
final class MergeTable {
  /**
   * Longest text in UTF-16 units that scored merges build; SentencePiece itself stops at 16
   * characters by default.
   */
  private static final int LONGEST_SCORED = 512;

  private final LongIntMap byPair;
  private int[] priorities;
  private int[] results;
  private int size;

  private MergeTable(int expected) {
    byPair = new LongIntMap(expected);
    priorities = new int[Math.max(8, expected)];
    results = new int[Math.max(8, expected)];
  }

  /**
   * Merges in order of rank.
   *
   * @param merges "left right", best first; of a pair listed twice the first counts
   * @throws MalformedModelException if a merge is not two texts with a space between
   */
  static MergeTable ranked(List<String> merges, PieceIndex index) {
    MergeTable table = new MergeTable(merges.size());
    for (int rank = 0; rank < merges.size(); rank++) {
      String merge = merges.get(rank);
      int space = merge.indexOf(' ', 1);
      int length = merge.length() - 1;
      if (space < 0 || space == length) {
        throw new MalformedModelException(
            ErrorLocation.subject("merge " + rank),
            "'" + merge + "' is not two texts with a space between",
            "The tokenizer data is damaged; get the model again.");
      }
      char[] text = new char[length];
      merge.getChars(0, space, text, 0);
      merge.getChars(space + 1, length + 1, text, space);
      int left = index.intern(text, 0, space);
      int right = index.intern(text, space, length);
      table.add(left, right, index.intern(text, 0, length), rank);
    }
    return table;
  }

  /**
   * Every pair of symbols whose concatenation is an entry, the entry of the highest score first.
   * Single characters are symbols too, even those that are no entry.
   *
   * @throws MalformedModelException if a score is not a number
   */
  static MergeTable scored(Vocabulary vocabulary, PieceIndex index) {
    MergeTable table = new MergeTable(2 * vocabulary.size());
    for (int id = 0; id < vocabulary.size(); id++) {
      float score = vocabulary.scores()[id];
      if (Float.isNaN(score)) {
        throw new MalformedModelException(
            ErrorLocation.subject("token " + id),
            "its score is not a number",
            "The tokenizer data is damaged; get the model again.");
      }
      char[] text = vocabulary.pieces().get(id).toCharArray();
      if (text.length <= LONGEST_SCORED && index.find(text, 0, text.length) == id) {
        table.addSplits(text, id, descending(score), index);
      }
    }
    return table;
  }

  private void addSplits(char[] text, int result, int priority, PieceIndex index) {
    int first = Character.charCount(Character.codePointAt(text, 0));
    int last = text.length - Character.charCount(Character.codePointBefore(text, text.length));
    for (int cut = first;
        cut <= last;
        cut += Character.charCount(Character.codePointAt(text, cut))) {
      int left = cut == first ? index.intern(text, 0, cut) : index.find(text, 0, cut);
      if (left >= 0) {
        int right =
            cut == last ? index.intern(text, cut, text.length) : index.find(text, cut, text.length);
        if (right >= 0) {
          add(left, right, result, priority);
        }
      }
    }
  }

  /** Maps floats to ints such that a higher score is a lower int. */
  private static int descending(float score) {
    int bits = Float.floatToIntBits(score + 0f);
    return ~(bits ^ ((bits >> 31) & Integer.MAX_VALUE));
  }

  private void add(int left, int right, int result, int priority) {
    if (byPair.putIfAbsent(pair(left, right), size) != size) {
      return;
    }
    if (size == results.length) {
      priorities = Arrays.copyOf(priorities, 2 * size);
      results = Arrays.copyOf(results, 2 * size);
    }
    priorities[size] = priority;
    results[size++] = result;
  }

  private static long pair(int left, int right) {
    return ((long) left << 32) | right;
  }

  /** The merge of two neighbours, or -1. Negative symbols merge with nothing. */
  int find(int left, int right) {
    return (left | right) < 0 ? -1 : byPair.get(pair(left, right));
  }

  /** How urgent a merge is; lower goes first. */
  int priority(int merge) {
    return priorities[merge];
  }

  /** The symbol that a merge makes. */
  int result(int merge) {
    return results[merge];
  }
}
