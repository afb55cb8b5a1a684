package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects the entries of a vocabulary, which may have holes and arrive in any order. */
final class VocabularyBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(VocabularyBuilder.class);

  /** Score of entries that merging must not prefer, as llama.cpp's converter sets it. */
  static final float ADDED_SCORE = -1000f;

  private static final Pattern BYTE = Pattern.compile("<0x[0-9A-Fa-f]{2}>");

  private final Path file;
  private final OptionalInt size;
  private final boolean scored;
  private final List<@Nullable String> pieces = new ArrayList<>();
  private final List<TokenType> types = new ArrayList<>();
  private float[] scores = {};
  private final Set<Integer> stripLeft = new HashSet<>();
  private final Set<Integer> stripRight = new HashSet<>();

  /**
   * @param file named in errors
   * @param size entries that the model has; empty to have as many as are added
   * @param scored whether entries have scores
   */
  VocabularyBuilder(Path file, OptionalInt size, boolean scored) {
    this.file = file;
    this.size = size;
    this.scored = scored;
  }

  /** Whether a piece is written like a raw byte. */
  static boolean isByte(String piece) {
    return BYTE.matcher(piece).matches();
  }

  /**
   * Adds an entry of the tokenizer's model.
   *
   * @throws MalformedModelException if the model has no embedding for it
   */
  void add(int id, String piece, TokenType type, float score) {
    if (id >= limit()) {
      throw new MalformedModelException(
          ErrorLocation.of(file, piece),
          "the tokenizer has an entry with id %d, but the model has only %d".formatted(id, limit()),
          "Tokenizer and config.json are not of the same model; get both again.");
    }
    set(id, piece, type, score);
  }

  /**
   * Adds or replaces an entry by an added token. One without an embedding is left out: the model
   * cannot read it.
   */
  void add(AddedToken token, TokenType type, String piece) {
    if (token.id() >= limit()) {
      LOG.debug("{}: added token '{}' has no embedding and is left out", file, piece);
      return;
    }
    set(token.id(), piece, type, ADDED_SCORE);
    mark(stripLeft, token.id(), token.stripLeft());
    mark(stripRight, token.id(), token.stripRight());
  }

  private static void mark(Set<Integer> ids, int id, boolean marked) {
    if (marked) {
      ids.add(id);
    } else {
      ids.remove(id);
    }
  }

  private int limit() {
    return size.orElse(TokenizerHints.MAX_VOCABULARY);
  }

  private void set(int id, String piece, TokenType type, float score) {
    fill(id + 1);
    pieces.set(id, piece);
    types.set(id, type);
    if (scored) {
      scores[id] = score;
    }
  }

  private void fill(int count) {
    while (pieces.size() < count) {
      pieces.add(null);
      types.add(TokenType.UNUSED);
    }
    int filled = scores.length;
    if (scored && filled < count) {
      scores = Arrays.copyOf(scores, Math.max(count, 2 * filled));
      Arrays.fill(scores, filled, scores.length, ADDED_SCORE);
    }
  }

  /** Id of a piece added so far. */
  OptionalInt find(String piece) {
    int id = pieces.indexOf(piece);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  int count() {
    return size.orElse(pieces.size());
  }

  Set<Integer> stripLeft() {
    return Set.copyOf(stripLeft);
  }

  Set<Integer> stripRight() {
    return Set.copyOf(stripRight);
  }

  /** All entries; holes become unused entries {@code [PADn]}. */
  Vocabulary build() {
    fill(count());
    List<String> texts = new ArrayList<>(pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      String piece = pieces.get(id);
      texts.add(piece == null ? "[PAD" + id + "]" : piece);
    }
    return new Vocabulary(
        List.copyOf(texts),
        scored ? Arrays.copyOf(scores, texts.size()) : new float[0],
        List.copyOf(types));
  }
}
