package io.quant4j.core.tokenizer;

import java.nio.charset.StandardCharsets;

/** Encodes text between added tokens for {@link ByteLevelBpe}. Immutable. */
final class ByteLevelEncoder implements FragmentEncoder {
  private final WordSplitter splitter;
  private final PieceIndex index;
  private final MergeTable merges;
  private final boolean ignoreMerges;

  /** Symbol of each byte, an entry or not. */
  private final int[] byteSymbols = new int[256];

  /**
   * @param ignoreMerges whether a word that is itself an entry is taken whole
   */
  ByteLevelEncoder(
      WordSplitter splitter, PieceIndex index, MergeTable merges, boolean ignoreMerges) {
    this.splitter = splitter;
    this.index = index;
    this.merges = merges;
    this.ignoreMerges = ignoreMerges;
    for (int b = 0; b < byteSymbols.length; b++) {
      byteSymbols[b] = index.intern(new char[] {ByteAlphabet.letter(b)}, 0, 1);
    }
  }

  @Override
  public FragmentEncoder.Run begin(String text, TokenIds ids) {
    return new Run(text, ids);
  }

  private final class Run implements FragmentEncoder.Run, WordSplitter.Words {
    private final String text;
    private final TokenIds ids;
    private final WordSplitter.Run words;
    private final PairMerger merger = new PairMerger(merges);
    private char[] letters = new char[64];

    Run(String text, TokenIds ids) {
      this.text = text;
      this.ids = ids;
      this.words = splitter.begin(text, this);
    }

    @Override
    public void encode(int from, int to, boolean afterSpecial) {
      words.split(from, to);
    }

    @Override
    public void word(int from, int to) {
      int length = spell(from, to);
      if (ignoreMerges) {
        int whole = index.find(letters, 0, length);
        if (whole >= 0 && whole < index.vocabularySize()) {
          ids.add(whole);
          return;
        }
      }
      merger.clear();
      for (int i = 0; i < length; i++) {
        merger.add(byteSymbols[ByteAlphabet.unsignedByte(letters[i])]);
      }
      merger.merge();
      for (int node = merger.first(); node >= 0; node = merger.next(node)) {
        emit(merger.symbol(node));
      }
    }

    /** Writes the UTF-8 bytes of a word in the alphabet; answers their number. */
    private int spell(int from, int to) {
      byte[] bytes = text.substring(from, to).getBytes(StandardCharsets.UTF_8);
      if (bytes.length > letters.length) {
        letters = new char[Math.max(bytes.length, 2 * letters.length)];
      }
      for (int i = 0; i < bytes.length; i++) {
        letters[i] = ByteAlphabet.letter(bytes[i] & 0xFF);
      }
      return bytes.length;
    }

    /**
     * Adds a symbol; one that is no entry falls back to its bytes, of which those without an entry
     * are left out.
     */
    private void emit(int symbol) {
      if (symbol < index.vocabularySize()) {
        ids.add(symbol);
        return;
      }
      String spelled = index.text(symbol);
      for (int i = 0; i < spelled.length(); i++) {
        int b = ByteAlphabet.unsignedByte(spelled.charAt(i));
        if (byteSymbols[b] < index.vocabularySize()) {
          ids.add(byteSymbols[b]);
        }
      }
    }
  }
}
