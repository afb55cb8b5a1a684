package io.quant4j.core.tokenizer;

import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Encodes text between added tokens for {@link SentencePieceBpe}. Between two characters that no
 * entry has side by side nothing can ever merge, so text is cut there first and merged part by
 * part, which changes nothing but the time and memory it takes. Immutable.
 */
final class SentencePieceEncoder implements FragmentEncoder {
  private static final int NO_TOKEN = -1;

  private final MergeTable merges;
  private final PieceIndex index;
  private final boolean addSpacePrefix;

  /** Symbol of each character that has one. */
  private final LongIntMap characters;

  /** Pairs of characters that stand side by side in a symbol. */
  private final LongIntMap neighbours;

  private final int[] byteTokens = new int[256];

  /**
   * @param index the entries, with all that the merges interned
   * @param addSpacePrefix whether a space goes in front of text that begins or follows a special
   *     token
   */
  SentencePieceEncoder(
      Vocabulary vocabulary, PieceIndex index, MergeTable merges, boolean addSpacePrefix) {
    this.merges = merges;
    this.index = index;
    this.addSpacePrefix = addSpacePrefix;
    this.characters = new LongIntMap(index.size());
    this.neighbours = new LongIntMap(index.size());
    for (int symbol = 0; symbol < index.size(); symbol++) {
      learn(symbol);
    }
    Arrays.fill(byteTokens, NO_TOKEN);
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.types().get(id) == TokenType.BYTE) {
        byteTokens[PieceBytes.unsignedByte(id, vocabulary.pieces().get(id))] = id;
      }
    }
  }

  private void learn(int symbol) {
    char[] text = index.text(symbol).toCharArray();
    if (text.length == 0 || index.find(text, 0, text.length) != symbol) {
      return;
    }
    int first = Character.codePointAt(text, 0);
    int at = Character.charCount(first);
    if (at == text.length) {
      characters.putIfAbsent(first, symbol);
    }
    for (int left = first; at < text.length; ) {
      int right = Character.codePointAt(text, at);
      neighbours.putIfAbsent(pair(left, right), 0);
      left = right;
      at += Character.charCount(right);
    }
  }

  private static long pair(int left, int right) {
    return ((long) left << 32) | right;
  }

  @Override
  public FragmentEncoder.Run begin(String text, TokenIds ids) {
    return new Run(text, ids);
  }

  private final class Run implements FragmentEncoder.Run {
    private final String text;
    private final TokenIds ids;
    private final PairMerger merger = new PairMerger(merges);

    Run(String text, TokenIds ids) {
      this.text = text;
      this.ids = ids;
    }

    @Override
    public void encode(int from, int to, boolean afterSpecial) {
      int left = NO_TOKEN;
      if (addSpacePrefix && afterSpecial) {
        left = SentencePieceBpe.SPACE;
        add(left);
      }
      for (int at = from; at < to; ) {
        int character = text.codePointAt(at);
        at += Character.charCount(character);
        int right = character == ' ' ? SentencePieceBpe.SPACE : character;
        if (left >= 0 && neighbours.get(pair(left, right)) == LongIntMap.MISSING) {
          flush();
        }
        add(right);
        left = right;
      }
      flush();
    }

    /**
     * Adds the symbol of a character; one without a symbol as its negative, which merges with
     * nothing.
     */
    private void add(int character) {
      int symbol = characters.get(character);
      merger.add(symbol == LongIntMap.MISSING ? -1 - character : symbol);
    }

    private void flush() {
      merger.merge();
      for (int node = merger.first(); node >= 0; node = merger.next(node)) {
        int symbol = merger.symbol(node);
        if (symbol < 0) {
          emitBytes(Character.toString(-1 - symbol));
        } else if (symbol < index.vocabularySize()) {
          ids.add(symbol);
        } else {
          index.text(symbol).codePoints().forEach(this::emitCharacter);
        }
      }
      merger.clear();
    }

    private void emitCharacter(int character) {
      int symbol = characters.get(character);
      if (symbol >= 0 && symbol < index.vocabularySize()) {
        ids.add(symbol);
      } else {
        emitBytes(Character.toString(character));
      }
    }

    private void emitBytes(String character) {
      byte[] bytes = character.getBytes(StandardCharsets.UTF_8);
      for (byte b : bytes) {
        if (byteTokens[b & 0xFF] == NO_TOKEN) {
          ids.addUnknown(character);
          return;
        }
      }
      for (byte b : bytes) {
        ids.add(byteTokens[b & 0xFF]);
      }
    }
  }
}
