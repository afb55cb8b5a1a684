package io.quant4j.kernels.cuda.op;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.kernels.cuda.driver.Grid;
import io.quant4j.kernels.cuda.driver.Launcher;
import io.quant4j.kernels.cuda.op.Scratch.Use;
import java.util.Set;

/** Rotation, storage and attention of heads. Not thread-safe. */
final class Attending {
  /** Elements of a head that attention kernels are made for; others take the slow one. */
  private static final Set<Integer> USUAL_HEADS = Set.of(64, 96, 128, 256);

  /** Rows from which tensor cores are the faster way. */
  private static final int MANY = 16;

  private final Work work;
  private final boolean exact;

  /**
   * Attention.
   *
   * @param exact whether any number of rows goes the way of few
   */
  Attending(Work work, boolean exact) {
    this.work = work;
    this.exact = exact;
  }

  private static int number(RotaryLayout layout) {
    return switch (layout) {
      case INTERLEAVED -> 0;
      case HALF_SPLIT -> 1;
    };
  }

  /**
   * How far heads are turned.
   *
   * @param angles address of (batch, dimensions), or 0 for not at all
   */
  record Turn(long angles, RotaryLayout layout, int dimensions) {
    static final Turn NONE = new Turn(0, RotaryLayout.INTERLEAVED, 0);
  }

  /**
   * New rows of the heads of a layer.
   *
   * @param queries address of (batch, heads * headDim), or 0 with no heads
   */
  record Rows(long queries, long keys, long values, int heads, int firstPosition, int batch) {}

  /** Norms of the heads of queries and keys: addresses of gains (headDim), or 0. */
  record HeadNorms(long queries, long keys, float epsilon) {
    static final HeadNorms NONE = new HeadNorms(0, 0, 0);
  }

  void rotate(long x, Turn turn, int heads, int headDim, int batch) {
    work.kernel("ops", "rotate")
        .pointer(x)
        .pointer(turn.angles)
        .ints(number(turn.layout))
        .ints(heads)
        .ints(headDim)
        .ints(turn.dimensions)
        .ints(batch)
        .launch(Geometry.elements((long) batch * heads * (turn.dimensions / 2)));
  }

  /** Normalizes and turns queries and keys; queries stay where they are, the rest is stored. */
  void store(CudaCache cache, Rows rows, Turn turn, HeadNorms norms) {
    cache.reserve(rows.firstPosition + rows.batch);
    long position = work.position(rows.firstPosition);
    work.kernel("ops", "rotate_store_" + cache.format().suffix())
        .pointer(rows.queries)
        .pointer(rows.keys)
        .pointer(rows.values)
        .pointer(turn.angles)
        .pointer(norms.queries)
        .pointer(norms.keys)
        .floats(norms.epsilon)
        .ints(number(turn.layout))
        .ints(rows.heads)
        .ints(cache.shape().kvHeads())
        .ints(cache.shape().headDim())
        .ints(turn.dimensions)
        .pointer(position)
        .pointer(cache.keys())
        .pointer(cache.values())
        .pointer(cache.keyScales())
        .pointer(cache.valueScales())
        .longs(cache.rowStride())
        .longs(cache.headStride())
        .launch(Geometry.rotateStore(rows.heads, cache.shape().kvHeads(), rows.batch));
  }

  /** Attention of rows of queries to what a cache holds. */
  void attend(
      AttentionShape shape, long query, CudaCache cache, int firstPosition, int batch, long out) {
    long position = work.position(firstPosition);
    if (!USUAL_HEADS.contains(shape.headDim())) {
      Launcher launch =
          work.kernel(module("attention_", cache), "attention_" + cache.format().suffix());
      memory(launch, query, cache, shape).ints(shape.headDim());
      score(launch, shape).pointer(position).pointer(out);
      launch.launch(Geometry.plainAttention(shape, batch));
    } else if (batch >= MANY && !exact && work.hasTensorCores()) {
      Grid grid = Geometry.rowAttention(shape, batch);
      Launcher launch =
          work.kernel(
              module("attention_mma_", cache),
              "attention_rows_" + suffix(cache, shape),
              grid.sharedBytes());
      memory(launch, query, cache, shape);
      score(launch, shape).pointer(position).ints(batch).pointer(out).launch(grid);
    } else {
      split(shape, query, cache, position, batch, out);
    }
  }

  private static String module(String prefix, CudaCache cache) {
    return prefix + cache.format().suffix();
  }

  private static String suffix(CudaCache cache, AttentionShape shape) {
    return cache.format().suffix() + "_" + shape.headDim();
  }

  private void split(
      AttentionShape shape, long query, CudaCache cache, long position, int batch, long out) {
    int splits =
        Geometry.splits(shape, cache.capacity(), batch, work.context().facts().multiprocessors());
    long states = (long) batch * shape.heads() * splits;
    long partials = work.scratch().take(Use.PARTIALS, states * shape.headDim() * Float.BYTES);
    long stats = work.scratch().take(Use.SPLIT_STATES, states * 2 * Float.BYTES);
    long counters =
        work.scratch()
            .take(Use.COUNTERS, (long) batch * Geometry.attentionUnits(shape) * Integer.BYTES);
    Launcher launch = work.kernel(module("attention_", cache), "attention_" + suffix(cache, shape));
    memory(launch, query, cache, shape);
    score(launch, shape)
        .pointer(position)
        .ints(splits)
        .pointer(partials)
        .pointer(stats)
        .pointer(counters)
        .pointer(out)
        .launch(Geometry.splitAttention(shape, splits, batch));
  }

  private static Launcher memory(
      Launcher launch, long query, CudaCache cache, AttentionShape shape) {
    return launch
        .pointer(query)
        .pointer(cache.keys())
        .pointer(cache.values())
        .pointer(cache.keyScales())
        .pointer(cache.valueScales())
        .longs(cache.rowStride())
        .longs(cache.headStride())
        .ints(shape.heads())
        .ints(shape.kvHeads());
  }

  private static Launcher score(Launcher launch, AttentionShape shape) {
    return launch.floats(shape.scale()).ints(shape.window()).floats(shape.softCap());
  }
}
