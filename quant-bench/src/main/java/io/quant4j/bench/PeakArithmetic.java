package io.quant4j.bench;

import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * How many float operations per second the Vector API reaches in registers: the bound of products
 * of floats. Integer products may go beyond it.
 */
public final class PeakArithmetic {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int CHAINS = 10;
  private static final int STEPS = 1 << 21;
  private static final int PASSES = 16;

  private PeakArithmetic() {}

  /**
   * Operations per second of this many threads together, a multiply-add counted as two, in the best
   * of several passes.
   */
  public static double measure(int threads) {
    double operations = 2.0 * SPECIES.length() * CHAINS * STEPS * threads;
    Callable<Float> chains = PeakArithmetic::chains;
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      long best = Long.MAX_VALUE;
      for (int pass = 0; pass < PASSES; pass++) {
        long begin = System.nanoTime();
        float sum = 0;
        for (Future<Float> result : workers.invokeAll(Collections.nCopies(threads, chains))) {
          sum += result.get();
        }
        best = Math.min(best, System.nanoTime() - begin);
        if (!(sum > 0)) {
          throw new IllegalStateException("the sums of positive numbers are " + sum);
        }
      }
      return operations * 1e9 / best;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("the measurement did not end", e);
    }
  }

  /** Independent chains, enough to fill the pipelines, few enough for the registers. */
  private static float chains() {
    FloatVector factor = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector term = FloatVector.broadcast(SPECIES, 1);
    FloatVector a = FloatVector.broadcast(SPECIES, 1);
    FloatVector b = FloatVector.broadcast(SPECIES, 2);
    FloatVector c = FloatVector.broadcast(SPECIES, 3);
    FloatVector d = FloatVector.broadcast(SPECIES, 4);
    FloatVector e = FloatVector.broadcast(SPECIES, 5);
    FloatVector f = FloatVector.broadcast(SPECIES, 6);
    FloatVector g = FloatVector.broadcast(SPECIES, 7);
    FloatVector h = FloatVector.broadcast(SPECIES, 8);
    FloatVector i = FloatVector.broadcast(SPECIES, 9);
    FloatVector j = FloatVector.broadcast(SPECIES, 10);
    for (int step = 0; step < STEPS; step++) {
      a = a.fma(factor, term);
      b = b.fma(factor, term);
      c = c.fma(factor, term);
      d = d.fma(factor, term);
      e = e.fma(factor, term);
      f = f.fma(factor, term);
      g = g.fma(factor, term);
      h = h.fma(factor, term);
      i = i.fma(factor, term);
      j = j.fma(factor, term);
    }
    FloatVector sum = a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j);
    return sum.lane(0);
  }
}
