package io.quant4j.core.format;

/**
 * In what the encoders of the formats with codebooks of magnitudes differ.
 *
 * @param neighbours the codebook, and what stands in for vectors that are not in it
 * @param groupElements elements that share a scale
 * @param evenSigns whether of 8 elements an even number must be negative
 * @param spread factor of the mean square in the weights of errors
 * @param plainBase factor of the same without importance; the weight is x^2 plus that
 * @param negligible a group in which no magnitude reaches this is stored as index 0, smallest scale
 * @param steps candidate scales to either side of the first
 * @param step between their inverses, as part of the largest odd number
 * @param start where the first scale comes from
 * @param second what is rounded once more with the best scale
 */
public record CodebookRule(
    CodebookNeighbours neighbours,
    int groupElements,
    boolean evenSigns,
    int spread,
    float plainBase,
    float negligible,
    int steps,
    float step,
    Start start,
    Second second) {

  /** The largest odd number that a component can stand for. */
  public int highestOdd() {
    return 2 * neighbours.codebook().levels() - 1;
  }

  /** Where the first candidate scale of a group comes from. */
  public enum Start {
    /** The largest magnitude gets the highest level. */
    LARGEST,
    /** {@link PositiveScaleSearch} finds it. */
    SEARCH
  }

  /** Which vectors are rounded once more, with the best scale found. */
  public enum Second {
    /** Those that were not in the codebook. */
    OTHERS,
    /** All, if one was not in the codebook. */
    ALL_IF_OTHERS,
    /** All. */
    ALL
  }
}
