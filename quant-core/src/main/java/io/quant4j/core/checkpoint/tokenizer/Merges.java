package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.core.checkpoint.json.JsonCursor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The merges of a {@code tokenizer.json}, by rank. Older files write {@code "left right"}, newer
 * ones {@code ["left", "right"]}. Where pieces hold spaces themselves, the older form leaves open
 * which space lies between the two; the vocabulary then decides.
 */
final class Merges {
  /** Stands for a space inside a piece, as in GPT-2's byte alphabet. */
  private static final char SPACE = '\u0120';

  private static final int UNRESOLVED = -1;

  /** Several times as many as any model has. */
  private static final int MAX_MERGES = 1 << 21;

  /**
   * Bounds of what is left open, which no real file comes near: resolving is quadratic in the
   * length.
   */
  private static final int MAX_UNRESOLVED = 1000;

  private static final int MAX_UNRESOLVED_LENGTH = 1000;

  /** Both pieces with a space between. */
  private final List<String> texts = new ArrayList<>();

  /** Length of the left piece, for those texts that hold more than one space. */
  private final Map<Integer, Integer> splits = new HashMap<>();

  /**
   * The pieces of the merge in work; one array for all of them, for there are hundreds of
   * thousands.
   */
  private final String[] pair = {"", ""};

  private int pairSize;

  /** Consumes one merge. */
  void add(JsonCursor cursor) {
    if (texts.size() == MAX_MERGES) {
      throw cursor.malformed("there are more than " + MAX_MERGES + " merges");
    }
    if (cursor.isString()) {
      String text = cursor.string();
      int space = text.indexOf(' ');
      if (text.length() < 3 || space < 0) {
        throw cursor.malformed("a merge is not two pieces with a space between");
      }
      if (space == 0 || text.indexOf(' ', space + 1) >= 0) {
        if (text.length() > MAX_UNRESOLVED_LENGTH || splits.size() >= MAX_UNRESOLVED) {
          throw cursor.malformed("a merge has more than one space");
        }
        splits.put(texts.size(), UNRESOLVED);
      }
      texts.add(text);
      return;
    }
    pairSize = 0;
    cursor.array(() -> addToPair(cursor));
    if (pairSize != 2) {
      throw cursor.malformed("a merge is not two pieces");
    }
    String text = pair[0] + " " + pair[1];
    if (text.indexOf(' ') != text.lastIndexOf(' ')) {
      splits.put(texts.size(), pair[0].length());
    }
    texts.add(text);
  }

  private void addToPair(JsonCursor cursor) {
    String piece = cursor.string();
    if (pairSize == 2 || piece.isEmpty()) {
      throw cursor.malformed("a merge is not two pieces");
    }
    pair[pairSize++] = piece;
  }

  /**
   * Decides what was left open.
   *
   * @param file named in errors
   * @param pieces the vocabulary
   * @throws MalformedModelException if a merge has no reading whose pieces are in the vocabulary
   */
  void resolve(Path file, List<@Nullable String> pieces) {
    if (!splits.containsValue(UNRESOLVED)) {
      return;
    }
    Set<@Nullable String> known = new HashSet<>(pieces);
    splits.replaceAll(
        (rank, split) -> split == UNRESOLVED ? split(file, rank, texts.get(rank), known) : split);
  }

  private static int split(Path file, int rank, String text, Set<@Nullable String> known) {
    for (int i = text.indexOf(' ', 1);
        i > 0 && i < text.length() - 1;
        i = text.indexOf(' ', i + 1)) {
      String left = text.substring(0, i);
      String right = text.substring(i + 1);
      if (known.contains(left) && known.contains(right) && known.contains(left + right)) {
        return i;
      }
    }
    throw new MalformedModelException(
        ErrorLocation.of(file, "/model/merges/" + rank),
        "the merge '" + text + "' cannot be read as two pieces of the vocabulary",
        "The file is damaged; get it again.");
  }

  int size() {
    return texts.size();
  }

  /** The piece that a merge leads to. */
  String joined(int rank) {
    String text = texts.get(rank);
    int split = splits.getOrDefault(rank, text.indexOf(' '));
    return text.substring(0, split) + text.substring(split + 1);
  }

  /** "left right" by rank; a space inside a piece is written as U+0120. */
  List<String> texts() {
    List<String> encoded = new ArrayList<>(texts);
    splits.forEach((rank, split) -> {
      String text = texts.get(rank);
      String left = text.substring(0, split).replace(' ', SPACE);
      encoded.set(rank, left + " " + text.substring(split + 1).replace(' ', SPACE));
    });
    return List.copyOf(encoded);
  }
}
