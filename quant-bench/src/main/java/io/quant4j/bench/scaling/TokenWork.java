package io.quant4j.bench.scaling;

import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.SequenceShape;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.bench.Decoders;
import io.quant4j.bench.Subjects;
import io.quant4j.core.kernel.HostOperations;
import io.quant4j.core.kernel.KernelTable;
import io.quant4j.core.kernel.ScalarBackend;
import io.quant4j.core.kernel.ThreadTeam;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What a dense model asks for a token.
 *
 * @param bytes stored, of all matrices that a token is multiplied with
 * @param weights of these by name of their format
 * @param operations for which a team is called, when one token is computed
 * @param promptOperations the same for a batch of {@link #BATCH} tokens
 */
record TokenWork(long bytes, Map<String, Long> weights, long operations, long promptOperations) {
  static final int BATCH = 128;

  /** Reads the directory of a model, and runs it to count. */
  static TokenWork of(Checkpoint checkpoint, String backend) {
    List<StoredTensor> tensors = checkpoint.tensors();
    boolean tied = tensors.stream().noneMatch(tensor -> is(Kind.OUTPUT, tensor));
    Map<String, Long> weights = new HashMap<>();
    long bytes = 0;
    for (StoredTensor tensor : tensors) {
      if (tensor.role().map(role -> role.kind().matrix()).orElse(false)
          && (tied || !is(Kind.TOKEN_EMBEDDING, tensor))) {
        weights.merge(tensor.info().format().name(), tensor.info().shape().elements(), Long::sum);
        bytes += tensor.info().byteSize();
      }
    }
    try (ThreadTeam team = new ThreadTeam(2)) {
      Decoder decoder =
          Decoders.of(
              checkpoint,
              Placement.all(
                  new HostOperations(
                      new KernelTable(Subjects.kernels(backend), ScalarBackend.kernels()), team)));
      return new TokenWork(
          bytes,
          weights,
          operations(checkpoint, decoder, team, 1),
          operations(checkpoint, decoder, team, BATCH));
    }
  }

  private static boolean is(Kind kind, StoredTensor tensor) {
    return tensor.role().map(role -> role.kind() == kind).orElse(false);
  }

  /** Counts in the second pass, after whatever happens once. */
  private static long operations(
      Checkpoint checkpoint, Decoder decoder, ThreadTeam team, int tokens) {
    SequenceShape shape =
        new SequenceShape(2 * tokens, tokens, Optional.empty(), Optional.empty(), false);
    float[] logits = new float[checkpoint.metadata().vocabularySize()];
    try (DecoderState state = decoder.newState(shape)) {
      decoder.forward(state, new int[tokens], 0, tokens, 1, logits);
      long before = team.runs();
      decoder.forward(state, new int[tokens], 0, tokens, 1, logits);
      return team.runs() - before;
    }
  }

  /**
   * Seconds of one thread that has all weights in its cache.
   *
   * @param weightsPerSecond by name of a format
   */
  double computeSeconds(ToDoubleFunction<String> weightsPerSecond) {
    return weights.entrySet().stream()
        .mapToDouble(entry -> entry.getValue() / weightsPerSecond.applyAsDouble(entry.getKey()))
        .sum();
  }
}
