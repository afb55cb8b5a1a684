package io.quant4j.core.quantize;

/** When a rule of a mix applies. */
@FunctionalInterface
interface Condition {
  Condition ALWAYS = s -> true;
  Condition IMPORTANCE = Situation::importance;
  Condition FALCON = s -> s.model().architecture().equals("falcon");
  Condition FOUR_EXPERTS = s -> s.model().expertCount() >= 4;
  Condition EIGHT_EXPERTS = s -> s.model().expertCount() == 8;

  /**
   * At least four query heads share one key and value head: those matrices are small and matter
   * more.
   */
  Condition GROUPED = s -> s.headsPerKvHead() >= 4;

  /** One matrix per expert in one tensor. */
  Condition STACKED = Situation::stacked;

  Condition FIRST_EIGHTH = s -> s.index() < s.count() / 8;
  Condition FIRST_SIXTEENTH = s -> s.index() < s.count() / 16;

  /** As {@link #FIRST_EIGHTH}, but counting matrices even where several belong to one layer. */
  Condition FIRST_EIGHTH_COUNTED = s -> s.ordinal() < s.count() / 8;

  /** Neither in the first nor in the last eighth. */
  Condition MIDDLE = s -> s.index() >= s.count() / 8 && s.index() < 7 * s.count() / 8;

  /** The first and last eighth and every third between: where more bits help most. */
  Condition MORE =
      s -> {
        int eighth = s.count() / 8;
        return s.index() < eighth
            || s.index() >= 7 * s.count() / 8
            || (s.index() - eighth) % 3 == 2;
      };

  boolean holds(Situation situation);

  /** The first so many of the kind. */
  static Condition first(int number) {
    return s -> s.index() < number;
  }

  static Condition not(Condition condition) {
    return s -> !condition.holds(s);
  }

  default Condition and(Condition other) {
    return s -> holds(s) && other.holds(s);
  }

  default Condition or(Condition other) {
    return s -> holds(s) || other.holds(s);
  }
}
