package io.quant4j.core.format;

import java.util.Arrays;
import java.util.Base64;

/**
 * A fixed set of vectors, each of which a few neighbouring elements can be stored as, by its index.
 * Upstream: {@code iq2xxs_grid}, {@code iq2xs_grid}, {@code iq2s_grid}, {@code iq3xxs_grid}, {@code
 * iq3s_grid} and {@code iq1s_grid} in {@code ggml-common.h}.
 *
 * <p>Each component of a vector takes one of a few values, numbered from 0 as levels. The vectors
 * of any levels are the candidates: with L levels, candidate number c has level (c / L^i) % L as
 * component i. Those candidates that are in the codebook are its points, indexed from 0 in
 * ascending order of their numbers. So a codebook is written down as one bit per candidate.
 *
 * <p>Immutable.
 */
public final class Codebook {
  /** 256 points of 8 magnitudes. */
  public static final Codebook IQ2_XXS =
      new Codebook(
          new byte[] {8, 25, 43},
          8,
          "VRUUVRBEQUEABBREABAAAAAEQAAUAEAAAAAABAAAUBBAQREAARQEQFAEQAAQAAAFEAAAUAAAAQAAQAAA"
              + "QRQEQBQUAAAEAAAEAAAEAAAAAAAABBAAAAAAAAAAABQEEBAAQAAEEQAEARAAQEAAAQAAAAAAAQQAAAAA"
              + "ABAEQARAAAAEAAAAABAAAAAQAAAAQAAQAAAAAAAAAAAFAQAEAABAAAAAEQAAAAAAAAAAAQAAAABAAAAA"
              + "AAAUBAAAAQABBQAAAAAAEBAAAAAAAFAAAAAAAAAAAABAQQAAAUAAAAAAQAAAAAQAQAAAAAAAAAAAAAAA"
              + "QAAAQAAEAAAAAAAEAAAAAAAAAAAAAAAAAAAAAQAAAAAAUBBEQRAQARQEABAAQAAAAAREAABAQAAAQEAA"
              + "AQAAQBAAAQAAABAAEAAABBAAAAAAAAAAAQAAAAAAAAAAABQEABABAAAAAAAEAAAAABABBAAAAAAAAAQA"
              + "AAAEABBEUAAAAAAEAQAAAQAABAAAAAAAAQAAAAAAAABAAAAAAAAAAAAAQAEAAAEAAAAAAAAAAAQAAAAA"
              + "AQAAAAAEEAQAAAAEAAAAAAAAQAAAAAAAAAAEAAAAAAAAAAAAQQAAAQAAAQAAQAAAAABAAAAAAAAAQAAA"
              + "ABAAAAAAEQAAAAAAAAAAAAAUAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAA"
              + "AAAAAAAAQEEAAAQAAEAAAAAEQAAEAAAAAAAAAAQAAAAAAAAAABREABAAQAAAAAAEAAAABAAAABAAAAQA"
              + "QAAAAQAAAEAAAAAAAAAAAAAAAQAAAAAAAAAAAAABAAAAAAAAAAAEARAEAAAAAAABAEAAAAAAQAAAAAAA"
              + "AAABAAAAAAAEAEAAAQAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAQAAAAAAAAAA"
              + "AAAAAAAAAAAABAAAABAAAAQAAAABAAAAAAAAAAAEAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAA"
              + "AAAAAAAAAAAAAAAAAAAEAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAA=");

  /** 512 points of 8 magnitudes. */
  public static final Codebook IQ2_XS =
      new Codebook(
          new byte[] {8, 25, 43},
          8,
          "VVVVUVVFQRVFAVRVVVBFQRAFAQBUURBAQQQAAQEAUFVFQRUVARQEAFBFQQAFAQQEAABAQQAQBQAAQAAA"
              + "QFUFERQEARAAQEAFAQAEAABAEAAAAQAEAQAAAAAQAVRVUVBFQUAFAQBUURBAQQAAAVAAUBEAQAAAAQAA"
              + "AFBFQQBFARAEAABAQQAAAQAAAAAAQAAEAAABAAAAAAAFBQAEQAAABAAAEQAAAAAABAAAAAAAAABAAAAA"
              + "AABVVRBAQQAAAQAEUBAAQBAAEAAAABAAAAEAAAAEAABEQQBAAQAAAAAAQAAAAAQQAAAAEAABAAEAAAAA"
              + "AAAQQQEEAAABABAABAAAAAAAABAAAQAAARAAAAAARAEAUFVFQVUFERQEAFBFQQAFAQBEAEBAQQFAAQAA"
              + "AAAAQBVFARQEABAAAQAFARAEAAAAAEAAAQEAQBAAAAAAABQEABABAQEAAAAEEAAAQQBAAAAAQAAAAAAA"
              + "AAAAAFBFQRAFAQAEAABAQQQABQAAAAAAQAAAABAAAAAAAEAFAQQEABBAAAABQQAAAAAAQBAAAAAAEAAA"
              + "ABAAAAQEQABAQAAAAAABAAAQQAEAAAAAAAAAAAAAAABAAABAQQAAARAQAAEAUAAAAAAAAAAAAAAAABAA"
              + "BAAAAAEAAUAAAAAAAAAAAAAEABABAAAAABAAAAAAAAAAAAAAEAAAAAAAAAEAAAAAAAQAAAAAAAAABAAA"
              + "ABAQAAAAQBUFARUEAFAAAFAVAQAEEAQAAAAAAQAEAAAAQAEAQRRUABAAQABAAAAEAAAAAQAAAABAAAAE"
              + "AAAAAAEAABAEAAQAAAEUAAAEBAAAAAAAAAAAAAAABAAAABAEBBAFAQAEAAEAAQAAAQAQAAAAAQAAAAAA"
              + "AAAABABAAABEAAAAQRAAAAAAAAAAEAAAAAAUAAAAAAABAAAAAAAAAAAAAAQAAAAABAAAAAABAAAAAAAA"
              + "EAAAABAAAAAARQEEBAAAAAAAAQAAAABAEAAAAEAUAQAQAAAAAQAEAAAAQAAAAABAAAAAAAAAAAAAAAAA"
              + "AAAAAABAAAAEAEAARQAAAAAAQBAEAAAAAAAABQAAAAAABQAAAAABAAE=");

  /** 1024 points of 8 magnitudes. */
  public static final Codebook IQ2_S =
      new Codebook(
          new byte[] {8, 25, 43},
          8,
          "VVVVUVVFVRUFEVVVUVBFVRQFFRRUURBQVQQAEREQUFVFVVVVFVRFUVBVVRRVVRRUURBAVQQAURQEUBAA"
              + "QBVVEVVVURABAUAFVQREURBAQAAAARQQBRAAAABAAFRVUVFFVRUVURRUVVVFVRUFVRQAUBRBQQQFABQE"
              + "AFBFVRRVVRRUURBAVRUFVRQEUBAAQBQFARQEABAAAEBVUQRUURBAAQAAVRQEUBAAEAAABBAEABAABAAA"
              + "AABUURVRQQUEAREAVFBBQAUFARQEABAQAFEEAQAABQBEVRQFVRQEUBAAQBQFARQEABEAAAAFAQAEAAQA"
              + "AAAAERQAUBAAAEAAABUEAAAAAAAAEAAABEAAAAAEQAEAUFVVRVVVFRREUVBFVQVVVRRUURBAQRUEURQE"
              + "UAAAQFVVVVRVUVBFQQBVVRRUURBQQQAAVRQEUBAAQAAAEBRVUVBFQQAEAQBUURBAQQAAAUAAUBAAQAAA"
              + "AAAAAFBFVRVVVRRUUQBAVRUFVRQEUBAAQBQFARQEABQAAABVVRRUURBAQQAAVRQEUBAAQAAAABQEABEA"
              + "AAAAAABUURBAQUAAAQAAUBAAQAAAAAAAABAAEAAAAABAAABERRUFURQEQBAAQBUFARQEABAAEAAEAQAE"
              + "AAEAAAABURQEUBAAQAAAABQEABAQABAABAAEAAAAAAAAABAAUBAAAAAAEAAAARAAAEAAAAAAAAAAAAAA"
              + "BAAAAABAQBVFERRUERBBAQBFVRRUUQBAQQBAERUAUBAAAAAAAFRVEVBFQQAFAQBUURBAQQAAAQEAUBAA"
              + "UAAAAAAAABBBAQAFAQAAAEBAAQAAAQBAAAAAAAAABAAABUAAAAFFVRBUURBAQQAAERQAUBAQAAAAABQE"
              + "ABAAAAAAAEBUURBAQQAAAUAAUBAAQAAAAAAAERAAAAAQABAAAABAQQAQAQAAAAAAUAAAAAARAAAAAAAA"
              + "AAAAAAAAQAAAEREQVBAAAAAABAEAABAAAAQAAAAQBEAUAAAARAEAURAAQAAAAAABQBAAEAAAAAAAAAAA"
              + "AAAAAAQAAAAAAEAAQAAAAAAAAAEAAAAAQAAABAAAQAEUAQAAABAAAAE=");

  /** 256 points of 4 magnitudes. */
  public static final Codebook IQ3_XXS =
      new Codebook(
          new byte[] {4, 12, 20, 28, 36, 44, 52, 62},
          4,
          "FYoFAgQAACgKBSIFAhAAARUCBYoAggAgggUgAAAAAAEACACAEIAAKIIAAAQABAAAAAAAIAAAEAAAUQAA"
              + "CAACAAoFChWAAQAABQIFAAAAAAAKBQIBAAAABAUAAQJAAEAAIgAAAAABAAAAABEAQAAAAiAAAAAAAAAA"
              + "AAAEAAEAAAAFCkUCBAAAACoFAgEAAIgBBYIFgAEgAAACEQAAAAAAEQAAACAACAAACACAAAIAABAAAAAA"
              + "AAAAAApAAAAgAAAAAgUKAAABIAQFAAECUAAAAAoBIAAABAAEAAIACAAAAAAAAAABgAAABEEABAAAIAAA"
              + "ABAAQAAACAAAAAAIAAABABCAAKAAiAAAAAAAAAAAABAAAAGAAQBBAIAAAAAgAAAAEAAAAAACEAAAACAA"
              + "CAAAAQAAAAAAAAAAIAUAAQAAAAAABAAAAgAAAUEAQAAAIAAAABAABAAAAAQEAAAAAAgAAAABiAAAAAAE"
              + "BAAAAgAAAAAAAAAAAAEAAAAAEAAEAAAAAAAQAFAAEAAAAAIAAAACAACAAAAAABAAAAAAQQAAAAAAAAAA"
              + "EAAAACAAAAAABAAAAAAACAAAAAAIAAIAAAAAAKgBAAQABAAAAABAAAEAAAAABAAAIAQAAAEgAAgAAAEA"
              + "AAACAAIAAAAFABAAAAAAAAAAAAEAAAAAAAAAAAAAAAA=");

  /** 512 points of 4 magnitudes. */
  public static final Codebook IQ3_S =
      new Codebook(
          new byte[] {1, 3, 5, 7, 9, 11, 13, 15},
          4,
          "p1cjCKUKBZIXI4kiEAAiBKNJIhGkCgAJCCIFShAFgCIBiBIECQIAARQARQiiAEAIQAoAAgAEAAIVAEUI"
              + "ABEAABerBVIAUAIESxECCQIFAEEBpBEECSABBJIJghECAAQBKBQACkQRAAACCQIFAAIAAAAAkQBQAAAA"
              + "CgUCIAIABAGrVYoFKgWAKQWJJBIEAgAAkgAKgQKIABIlAhQKBAFAAIIACSQCAAAkEAIEgAEIAAGFAAIA"
              + "ACACACACQAEIAQAABKoEKpQCCAIqEAoAAQABRAEEARQAAQAAAhGKAYogAAgIQgQCAAQRAAIFIAQQQAAI"
              + "AEAAAAIAAAAKAAUgAAAAABEEkQQCAQABhAoEIQgiAAAKIQIIAYAEARAKBSIAAAAABQAQgAEAAAKgAAIA"
              + "AAAEAAAIABAAAAEAACEAAQgCAAAEEQQAkQRAECoEAgQAAAAEAQIIQQAIAACEAYAAEAIgCBIAAQRAAAAA"
              + "AARAAAAKAAAAAAAABAAAABQABAAAAAAAACoACgAAAQABAIEAAAAQAAAEABAEIAQBARACAAEAAAAAACAA"
              + "CAAEAAkAABAAAAEAIAAAAAEAAAAACgAAAAAAAJEABUABEAQABAIQACgAAAASQQIBAAIAAAQAACQACAAA"
              + "IggBAAABAAAAAAQABAAAAAQAAAIAAAAAAQAAAAAAAAA=");

  /** 2048 points of 8 signs or zeros; {@link IQ1_M} shares them. */
  public static final Codebook IQ1_S =
      new Codebook(
          new byte[] {-1, 0, 1},
          8,
          "VSUUhaACQlEIRTGohiCKohoIKiAUhVAUgiBERSUVBaACgiCIGAAIgqADKqCIu6oKkKoLACIACqqMgqAI"
              + "QFEIRSGIgFAUQlEIijAImKAIgCoIRSEUhSBIQlUIRQEswqAgiiYAKiSoqqII4q8ICCgoAKACQiiqKCCo"
              + "gCAKmwi5uqggyq6Joq6qOnzr6rq7gg64IrrK0w6SAiIAIiCoiroKggIIACpK4KI7IiArogCBQIGqiigI"
              + "IgEUhVAVgiAJRSFUhaAIAiOoOiCEgiBUQlEIoiAIlVAUAioIuKiCgKBIAiAIgqJoogIoqyoIhSAIgjAI"
              + "RUAARSEUhaAAQlEARQEpggCKgioIoTAUBVAUgigIRSEUhSACAiCqKgAgErGKriiouqGqqHAAggoIAigi"
              + "AoQAggBIgKDqsCqqwiCLuiLq2qeLi26okrAqqnKLikQMKiBIhEAoiioIqiDIzKIioq+aoOioAgACACqo"
              + "iAAggKCLoqIouqCAgjIKur64uv7roqArogiKCijqogChMgIM+qTq3u8rqC6Nvn7r+vd/v+Z9ut5p+yf/"
              + "vyb6EunhiiIQqr4OhKoIsqgLgq7/uiTpg4AEYixo8qgKpCsAAioICOKqEgACgioKpiDJgomQgigAogCM"
              + "gBMAgggIAGyKqqq7Aqa+iqDKAoBrly7QsukQghAuqt4oFdGlBAAKggCKgiAIAaEggqo5uiIyhKAJgBgA"
              + "iqJiAoEURFEARSGsglAUQlEIqiAoqocKEioIRSEUBaAIQlEIRQEgAqBAoiIAiAAIoghqim64qqqAACAK"
              + "guLIIiEIRFAUQlEJiiAVhVAUhgoIqioqgAAKQlEIRSGoAFAUQlEI4iCIggoYgioIqqKqirCLAgoqqiAo"
              + "goCqCigIKACpiAIioL4LKLgIirpLsq7/uqT4rqogUihotqAw5oAKAigIImpigCAKAqqqK6rqoqmgoggI"
              + "ECCgiiIAgg4ARSEUhaAKQFEIRSGpBgBKqgIIpQAQDUQUgigIRSEUBQAIgoKs8iAAAACqCigKuiDqogIA"
              + "gkgJKOkUABFLRVEARQGoAlAUQlEIiCQIiCgKQAgARQEUBaACQFEIRQE=");

  private final byte[] levelValues;
  private final int components;
  private final byte[] levels;
  private final short[] indexes;

  /**
   * @param levelValues value of each level
   * @param components of a vector
   * @param members Base64 of the bits: bit c % 8 of byte c / 8 says whether candidate c is a point
   */
  private Codebook(byte[] levelValues, int components, String members) {
    byte[] bits = Base64.getDecoder().decode(members);
    this.levelValues = levelValues;
    this.components = components;
    this.indexes = new short[power(levelValues.length, components)];
    byte[] room = new byte[indexes.length * components];
    short size = 0;
    for (int candidate = 0; candidate < indexes.length; candidate++) {
      boolean member = (bits[candidate / 8] >> candidate % 8 & 1) != 0;
      indexes[candidate] = member ? size : -1;
      if (member) {
        putLevels(candidate, room, size * components);
        size++;
      }
    }
    this.levels = Arrays.copyOf(room, size * components);
  }

  private static int power(int base, int exponent) {
    int power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= base;
    }
    return power;
  }

  /** Number of points. */
  public int size() {
    return levels.length / components;
  }

  /** Components of a vector, 4 or 8. */
  public int components() {
    return components;
  }

  /** Number of levels that a component can take. */
  public int levels() {
    return levelValues.length;
  }

  /** Value of a level. */
  public int levelValue(int level) {
    return levelValues[level];
  }

  /** Value of a component of a point. */
  public int value(int point, int component) {
    return levelValues[level(point, component)];
  }

  /** Level of a component of a point. */
  public int level(int point, int component) {
    return levels[point * components + component];
  }

  /** Number of candidates, points or not. */
  public int candidates() {
    return indexes.length;
  }

  /** Index of the point that a candidate is, or -1. */
  public int indexOf(int candidate) {
    return indexes[candidate];
  }

  /** Number of the candidate with these levels, of which the first is at {@code from}. */
  int candidate(byte[] levels, int from) {
    int candidate = 0;
    for (int i = components - 1; i >= 0; i--) {
      candidate = candidate * levelValues.length + levels[from + i];
    }
    return candidate;
  }

  /** The levels of a candidate, the first at {@code offset}. */
  void putLevels(int candidate, byte[] target, int offset) {
    int rest = candidate;
    for (int i = 0; i < components; i++) {
      target[offset + i] = (byte) (rest % levelValues.length);
      rest /= levelValues.length;
    }
  }

  /**
   * Decodes a point of magnitudes.
   *
   * @param signs bit i: component i is negative
   * @param target receives the components from {@code offset}
   */
  void decode(int point, float scale, int signs, float[] target, int offset) {
    for (int i = 0; i < components; i++) {
      float magnitude = scale * value(point, i);
      target[offset + i] = (signs >> i & 1) == 0 ? magnitude : -magnitude;
    }
  }
}
