package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.core.checkpoint.json.JsonObject;

/**
 * A token that is cut out of the text before anything else happens to it.
 *
 * @param id at least 0
 * @param content as it stands in the text
 * @param special whether it steers the model
 * @param stripLeft whether it swallows white space before it
 * @param stripRight whether it swallows white space after it
 */
record AddedToken(int id, String content, boolean special, boolean stripLeft, boolean stripRight) {

  /**
   * A token as {@code tokenizer.json} and {@code tokenizer_config.json} describe it.
   *
   * @param id stated inside or outside the object
   */
  static AddedToken of(int id, JsonObject json) {
    return new AddedToken(
        id,
        json.requireText("content"),
        json.flag("special").orElse(false),
        json.flag("lstrip").orElse(false),
        json.flag("rstrip").orElse(false));
  }
}
