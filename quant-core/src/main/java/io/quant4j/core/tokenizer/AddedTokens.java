package io.quant4j.core.tokenizer;

import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * The entries that are cut out of text before anything else, as a trie over UTF-16 units. At each
 * place the longest one wins. Immutable once made.
 */
final class AddedTokens {
  private static final int ROOT = 0;

  private final List<String> pieces;
  private final Set<Integer> stripLeft;
  private final Set<Integer> stripRight;
  private final LongIntMap children = new LongIntMap(64);
  private final BitSet firstUnits = new BitSet();
  private int[] tokens = {-1};
  private int nodes = 1;

  private AddedTokens(TokenizerSpec spec) {
    pieces = spec.vocabulary().pieces();
    stripLeft = Set.copyOf(spec.stripLeft());
    stripRight = Set.copyOf(spec.stripRight());
  }

  /**
   * The added tokens of a spec.
   *
   * @param control whether control and unknown tokens are among them, or only user-defined ones
   */
  static AddedTokens of(TokenizerSpec spec, boolean control) {
    AddedTokens tokens = new AddedTokens(spec);
    for (int id = 0; id < spec.vocabulary().size(); id++) {
      TokenType type = spec.vocabulary().types().get(id);
      boolean wanted =
          type == TokenType.USER_DEFINED
              || (control && (type == TokenType.CONTROL || type == TokenType.UNKNOWN));
      if (wanted && !tokens.pieces.get(id).isEmpty()) {
        tokens.insert(id);
      }
    }
    return tokens;
  }

  private void insert(int id) {
    String piece = pieces.get(id);
    firstUnits.set(piece.charAt(0));
    int node = ROOT;
    for (int i = 0; i < piece.length(); i++) {
      node = children.putIfAbsent(edge(node, piece.charAt(i)), nodes);
      if (node == nodes) {
        if (nodes == tokens.length) {
          tokens = Arrays.copyOf(tokens, 2 * nodes);
        }
        tokens[nodes++] = -1;
      }
    }
    if (tokens[node] < 0) {
      tokens[node] = id;
    }
  }

  private static long edge(int node, char unit) {
    return ((long) node << Character.SIZE) | unit;
  }

  /** Takes the parts of a text in order. */
  interface Parts {
    /** Text between added tokens; never empty. */
    void text(int from, int to);

    /** An added token. */
    void token(int id);
  }

  /** Cuts a text into added tokens and what lies between. */
  void cut(String text, Parts parts) {
    int start = 0;
    int at = 0;
    while (at < text.length()) {
      int id = firstUnits.get(text.charAt(at)) ? longestAt(text, at) : -1;
      if (id < 0) {
        at++;
        continue;
      }
      int end = stripLeft.contains(id) ? skipSpaceBack(text, start, at) : at;
      if (end > start) {
        parts.text(start, end);
      }
      parts.token(id);
      at += pieces.get(id).length();
      start = at = stripRight.contains(id) ? skipSpace(text, at) : at;
    }
    if (start < text.length()) {
      parts.text(start, text.length());
    }
  }

  private int longestAt(String text, int from) {
    int longest = -1;
    int node = ROOT;
    for (int i = from; i < text.length() && node >= 0; i++) {
      node = children.get(edge(node, text.charAt(i)));
      if (node >= 0 && tokens[node] >= 0) {
        longest = tokens[node];
      }
    }
    return longest;
  }

  private static int skipSpaceBack(String text, int from, int to) {
    int end = to;
    while (end > from && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private static int skipSpace(String text, int from) {
    int start = from;
    while (start < text.length() && isSpace(text.charAt(start))) {
      start++;
    }
    return start;
  }

  /** White space of C's {@code isspace}, which llama.cpp strips by. */
  private static boolean isSpace(char unit) {
    return unit == ' ' || (unit >= '\t' && unit <= '\r');
  }
}
