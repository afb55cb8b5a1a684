package io.quant4j.core.session;

import io.quant4j.api.Progress;
import io.quant4j.api.ProgressListener;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.TensorView;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Weights on their way to devices: tells how far a decoder has come that binds one after the other.
 * A tensor begins to move when it is asked for, and has been moved when the next one is.
 */
final class WeightMoves implements WeightSource {
  private static final TensorRole EMBEDDING = TensorRole.weight(Kind.TOKEN_EMBEDDING);
  private static final TensorRole OUTPUT = TensorRole.weight(Kind.OUTPUT);

  /** A tensor, and where it goes. */
  private record Move(StoredTensor tensor, String device) {}

  private final CheckpointWeights weights;
  private final ProgressListener listener;
  private final Map<TensorRole, Move> waiting = new HashMap<>();
  private final long begin = System.nanoTime();
  private final long total;
  private long done;
  private long moving;

  /**
   * @param listener told before each tensor that moves; what it throws ends the work
   */
  WeightMoves(CheckpointWeights weights, Compute compute, ProgressListener listener) {
    this.weights = weights;
    this.listener = listener;
    long bytes = 0;
    for (StoredTensor tensor : weights.tensors()) {
      String device = device(tensor.role().orElseThrow(), compute);
      if (device != null) {
        waiting.put(tensor.role().orElseThrow(), new Move(tensor, device));
        bytes += tensor.info().byteSize();
      }
    }
    this.total = bytes;
  }

  /** Where a tensor goes; an embedding that is the output matrix, too, goes with the output. */
  private @Nullable String device(TensorRole role, Compute compute) {
    boolean isOutput = role.equals(EMBEDDING) && weights.find(OUTPUT).isEmpty();
    int layers = weights.checkpoint().metadata().layerCount();
    TensorRole placed = isOutput ? OUTPUT : role;
    return compute.devices().get(Compute.runner(compute.placement(), placed, layers));
  }

  @Override
  public Optional<TensorView> find(TensorRole role) {
    begin(role);
    return weights.find(role);
  }

  @Override
  public TensorView require(TensorRole role) {
    begin(role);
    return weights.require(role);
  }

  @Override
  public List<TensorView> experts(TensorRole stack) {
    begin(stack);
    for (int expert = 0; waiting.containsKey(stack.ofExpert(expert)); expert++) {
      begin(stack.ofExpert(expert));
    }
    return weights.experts(stack);
  }

  /** What is bound again has been moved already. */
  private void begin(TensorRole role) {
    Move move = waiting.remove(role);
    if (move != null) {
      done += moving;
      moving = move.tensor.info().byteSize();
      tell(move.tensor.info().name() + " to " + move.device);
    }
  }

  /** Says that all has been moved that was asked for. */
  void finish() {
    if (total > 0) {
      done = total;
      tell("all");
    }
  }

  private void tell(String item) {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - begin);
    listener.progressed(new Progress("move weights", item, done, total, elapsed));
  }
}
