package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.ExpertChoice;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Weight;
import io.quant4j.core.model.layer.Workspace.Slot;
import java.util.Optional;

/**
 * Gated feed-forward parts of which each token sees a few, chosen by a router (Shazeer et al. 2017,
 * Jiang et al. 2024).
 *
 * @param router (experts, dim)
 * @param gate (experts, feedForward, dim)
 * @param up (experts, feedForward, dim)
 * @param down (experts, dim, feedForward)
 * @param used experts of each token
 * @param normalized whether the weights of a token's experts add up to 1
 * @param shared the expert that every token sees, if there is one
 */
public record MixtureOfExperts(
    Weight router,
    Weight gate,
    Weight up,
    Weight down,
    int used,
    boolean normalized,
    Optional<SharedExpert> shared)
    implements FeedForward {

  /**
   * An expert for every token, weighed by the sigmoid of a score of its own.
   *
   * @param router (1, dim)
   */
  public record SharedExpert(Weight router, GatedFeedForward expert) {

    /** Adds what the expert says to {@code out}. */
    void addTo(Step step, Buffer x, Buffer out) {
      Buffer said = step.workspace().take(Slot.SHARED_EXPERT, out.length());
      Buffer score = step.workspace().take(Slot.SHARED_GATE, step.batch());
      step.operations().matMul(router, x, step.batch(), score);
      expert.applyToRows(step, x, said);
      step.operations().addGated(out, score, said, step.batch());
    }
  }

  /** The same with an expert for every token. */
  public MixtureOfExperts with(SharedExpert expert) {
    return new MixtureOfExperts(router, gate, up, down, used, normalized, Optional.of(expert));
  }

  @Override
  public void apply(Step step, NormedInput input, Buffer out) {
    Buffer x = input.rows(step);
    Operations operations = step.operations();
    Workspace workspace = step.workspace();
    int batch = step.batch();
    Buffer scores = workspace.take(Slot.ROUTER, batch * router.shape().rows());
    operations.matMul(router, x, batch, scores);
    ExpertChoice choice = operations.chooseExperts(scores, used, normalized, batch);
    long inner = (long) batch * used * gate.shape().sizes().get(1);
    Buffer gated = workspace.take(Slot.GATE, inner);
    Buffer upped = workspace.take(Slot.UP, inner);
    operations.matMulExperts(gate, choice, x, gated);
    operations.matMulExperts(up, choice, x, upped);
    operations.swiGlu(gated, upped);
    Buffer said = workspace.take(Slot.EXPERTS, used * out.length());
    operations.matMulExperts(down, choice, gated, said);
    operations.mixExperts(choice, said, out);
    shared.ifPresent(s -> s.addTo(step, x, out));
  }
}
