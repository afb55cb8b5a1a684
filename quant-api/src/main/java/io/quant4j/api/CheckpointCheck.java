package io.quant4j.api;

import java.util.List;

/**
 * What was found when all tensors of a checkpoint were read.
 *
 * @param damages the first bad row of every tensor that has one, in file order
 * @param unchecked tensors of formats that are not installed
 */
public record CheckpointCheck(List<Damage> damages, List<String> unchecked) {

  public CheckpointCheck {
    damages = List.copyOf(damages);
    unchecked = List.copyOf(unchecked);
  }

  /** Whether nothing is wrong with what could be checked. */
  public boolean sound() {
    return damages.isEmpty();
  }

  /**
   * A tensor with NaN or infinity among its numbers or its blocks' scales.
   *
   * @param tensor the container's own name
   * @param row the first such row, counted over all matrices of a stack
   */
  public record Damage(String tensor, long row) {}
}
