package io.quant4j.core.tokenizer;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.TokenizerSpec;
import java.util.OptionalInt;

/**
 * The frame of a tokenizer, the same for all algorithms: added tokens are cut out, the text between
 * is left to a {@link FragmentEncoder}, begin and end tokens are put around. A begin token is added
 * even if the text already spells one, as in llama.cpp. Lone surrogates, which are no text, are
 * read as U+FFFD.
 */
final class PieceTokenizer implements Tokenizer {
  private final TokenizerSpec spec;
  private final FragmentEncoder encoder;
  private final PieceBytes pieces;
  private final AddedTokens userDefined;
  private final AddedTokens allAdded;
  private final boolean dropsFirstSpace;

  /**
   * @param dropsFirstSpace whether decoding leaves out the space that encoding put in front of the
   *     text
   * @throws MalformedModelException if the spec names an id that the vocabulary lacks
   */
  PieceTokenizer(
      TokenizerSpec spec, FragmentEncoder encoder, PieceBytes pieces, boolean dropsFirstSpace) {
    this.spec = spec;
    this.encoder = encoder;
    this.pieces = pieces;
    this.dropsFirstSpace = dropsFirstSpace;
    checkId("bos", spec.special().bos(), spec.addBos());
    checkId("eos", spec.special().eos(), spec.addEos());
    checkId("unknown", spec.special().unknown(), false);
    userDefined = AddedTokens.of(spec, false);
    allAdded = AddedTokens.of(spec, true);
  }

  private void checkId(String name, OptionalInt id, boolean needed) {
    if (id.isEmpty() && needed) {
      throw malformed(name, "the tokenizer adds this token to every text but does not name it");
    }
    if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() >= spec.vocabulary().size())) {
      throw malformed(
          name,
          "token %d is not in the vocabulary of %d"
              .formatted(id.getAsInt(), spec.vocabulary().size()));
    }
  }

  private static MalformedModelException malformed(String name, String reason) {
    return new MalformedModelException(
        ErrorLocation.subject(name), reason, "The tokenizer data is damaged; get the model again.");
  }

  @Override
  public TokenizerSpec spec() {
    return spec;
  }

  @Override
  public int[] encode(CharSequence text, boolean addSpecial, boolean parseSpecial) {
    TokenIds ids = new TokenIds(spec.special().unknown());
    if (addSpecial && spec.addBos()) {
      ids.add(spec.special().bos().getAsInt());
    }
    String wellFormed = wellFormed(text.toString());
    (parseSpecial ? allAdded : userDefined)
        .cut(wellFormed, new Fragments(encoder.begin(wellFormed, ids), ids));
    if (addSpecial && spec.addEos()) {
      ids.add(spec.special().eos().getAsInt());
    }
    return ids.toArray();
  }

  /** Encodes the parts of a text as they are cut. */
  private static final class Fragments implements AddedTokens.Parts {
    private final FragmentEncoder.Run run;
    private final TokenIds ids;
    private boolean afterSpecial = true;

    Fragments(FragmentEncoder.Run run, TokenIds ids) {
      this.run = run;
      this.ids = ids;
    }

    @Override
    public void text(int from, int to) {
      run.encode(from, to, afterSpecial);
      afterSpecial = false;
    }

    @Override
    public void token(int id) {
      ids.add(id);
      afterSpecial = true;
    }
  }

  private static String wellFormed(String text) {
    int lone = loneSurrogate(text, 0);
    if (lone == text.length()) {
      return text;
    }
    StringBuilder fixed = new StringBuilder(text);
    for (; lone < text.length(); lone = loneSurrogate(text, lone + 1)) {
      fixed.setCharAt(lone, '\uFFFD');
    }
    return fixed.toString();
  }

  /** The first lone surrogate from an index on, or the length of the text. */
  private static int loneSurrogate(String text, int from) {
    int at = from;
    while (at < text.length()) {
      char unit = text.charAt(at);
      if (!Character.isSurrogate(unit)) {
        at++;
      } else if (Character.isSupplementaryCodePoint(text.codePointAt(at))) {
        at += 2;
      } else {
        return at;
      }
    }
    return at;
  }

  @Override
  public String decode(int[] tokens, boolean showSpecial) {
    PieceDecoder decoder = new PieceDecoder(pieces, showSpecial, dropsFirstSpace);
    for (int token : tokens) {
      decoder.append(token);
    }
    return decoder.finish();
  }

  @Override
  public Stream newStream(boolean showSpecial) {
    return new PieceDecoder(pieces, showSpecial, dropsFirstSpace);
  }
}
