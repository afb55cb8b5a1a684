package io.quant4j.core.quantize;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.ProgressListener;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.core.checkpoint.MappedTensors;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Streams all tensors through a team of threads. Besides the mapped source it holds one chunk per
 * thread, whatever the size of the model. What is written and measured does not depend on the
 * number of threads.
 */
final class TensorWriting {
  private static final String OPERATION = "quantize";

  private final List<TensorPlan> plans;
  private final List<TensorWork> works;
  private final MappedTensors source;
  private final CheckpointOutput target;
  private final CancellationToken cancellation;
  private final ProgressMeter meter;
  private final Chunks chunks;

  /** By chunk, so that sums are the same in whatever order the chunks are done. */
  private final double[] squaredErrors;

  private final long[] nanos;

  TensorWriting(
      List<TensorPlan> plans,
      List<TensorWork> works,
      MappedTensors source,
      CheckpointOutput target,
      CancellationToken cancellation,
      ProgressListener listener) {
    this.plans = plans;
    this.works = works;
    this.source = source;
    this.target = target;
    this.cancellation = cancellation;
    this.chunks = new Chunks(works);
    this.meter = new ProgressMeter(OPERATION, sourceBytes(chunks, works), listener);
    this.squaredErrors = new double[chunks.count()];
    this.nanos = new long[chunks.count()];
  }

  private static long sourceBytes(Chunks chunks, List<TensorWork> works) {
    long total = 0;
    for (int i = 0; i < chunks.count(); i++) {
      Chunks.Chunk chunk = chunks.chunk(i);
      total += works.get(chunk.tensor()).sourceBytes(chunk.units());
    }
    return total;
  }

  /**
   * Writes every tensor and tells the listener of the end.
   *
   * @param threads the caller's included
   */
  void run(int threads) {
    cancellation.throwIfCancelled(OPERATION);
    try (Arena arena = Arena.ofShared()) {
      ChunkQueue.handle(threads, chunks.count(), () -> worker(arena));
    }
    meter.finish(plans.isEmpty() ? "" : plans.getLast().name());
    cancellation.throwIfCancelled(OPERATION);
  }

  private IntConsumer worker(Arena arena) {
    Scratch scratch = Scratch.forAll(works, arena);
    return number -> {
      cancellation.throwIfCancelled(OPERATION);
      Chunks.Chunk chunk = chunks.chunk(number);
      TensorWork work = works.get(chunk.tensor());
      long start = System.nanoTime();
      squaredErrors[number] = work.write(chunk.first(), chunk.units(), scratch, target);
      source.check();
      nanos[number] = System.nanoTime() - start;
      meter.add(plans.get(chunk.tensor()).name(), work.sourceBytes(chunk.units()));
    };
  }

  /** Sum of the squared errors of a tensor's elements. */
  double squaredError(int tensor) {
    double sum = 0;
    for (int i = chunks.firstOf(tensor); i < chunks.firstOf(tensor + 1); i++) {
      sum += squaredErrors[i];
    }
    return sum;
  }

  /** Time that threads spent on a tensor, all together. */
  Duration time(int tensor) {
    long sum = 0;
    for (int i = chunks.firstOf(tensor); i < chunks.firstOf(tensor + 1); i++) {
      sum += nanos[i];
    }
    return Duration.ofNanos(sum);
  }
}
