package io.quant4j.core.evaluate;

import io.quant4j.api.Distribution;
import io.quant4j.api.Divergence;
import io.quant4j.api.Estimate;
import io.quant4j.api.Perplexity;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Collects the predictions of a base model, logits 0, and a quantized one, logits 1. The formulas
 * are those of llama-perplexity (perplexity.cpp, {@code kl_divergence}); errors of derived
 * quantities are propagated to first order.
 */
final class DivergenceStatistics implements Predictions {
  private final int vocabulary;
  private final Moments base = new Moments();
  private final Moments quantized = new Moments();
  private final Moments difference = new Moments();
  private final Moments divergence = new Moments();
  private final Moments change = new Moments();
  private final Moments squaredChange = new Moments();
  private final Moments sameTop = new Moments();
  private final DoubleStream.Builder divergences = DoubleStream.builder();
  private final DoubleStream.Builder changes = DoubleStream.builder();

  /** Sum of products of the deviations from both means, by {@link Moments}' recurrence. */
  private double products;

  DivergenceStatistics(int vocabulary) {
    this.vocabulary = vocabulary;
  }

  @Override
  public void add(float[][] logits, int row, int target) {
    double baseNormalizer = LogSoftmax.normalizer(logits[0], row, vocabulary);
    double normalizer = LogSoftmax.normalizer(logits[1], row, vocabulary);
    double baseLoss = baseNormalizer - logits[0][row + target];
    double loss = normalizer - logits[1][row + target];
    double beforeBase = baseLoss - base.mean();
    base.add(baseLoss);
    quantized.add(loss);
    difference.add(loss - baseLoss);
    products += beforeBase * (loss - quantized.mean());
    addDivergence(klDivergence(logits, row, baseNormalizer, normalizer));
    addChange(Math.exp(-loss) - Math.exp(-baseLoss));
    boolean same =
        LogSoftmax.best(logits[0], row, vocabulary) == LogSoftmax.best(logits[1], row, vocabulary);
    sameTop.add(same ? 1 : 0);
  }

  private double klDivergence(float[][] logits, int row, double baseNormalizer, double normalizer) {
    double sum = normalizer - baseNormalizer;
    for (int i = row; i < row + vocabulary; i++) {
      double logit = logits[0][i];
      sum += Math.exp(logit - baseNormalizer) * (logit - logits[1][i]);
    }
    // Rounding may leave less than nothing.
    return Math.max(0, sum);
  }

  private void addDivergence(double value) {
    divergence.add(value);
    divergences.add(value);
  }

  private void addChange(double value) {
    change.add(value);
    squaredChange.add(value * value);
    changes.add(value);
  }

  @Override
  public String soFar() {
    return String.format(Locale.ROOT, "%.6f nats", divergence.mean());
  }

  /** The figures over all predictions; called once. */
  Divergence result(int chunks) {
    Perplexity ofBase = PerplexityMeter.perplexity(base, chunks);
    Perplexity ofQuantized = PerplexityMeter.perplexity(quantized, chunks);
    double errors = base.error() * quantized.error();
    double correlation = errors > 0 ? covariance() / errors : 0;
    double ratio = Math.exp(difference.mean());
    return new Divergence(
        ofBase,
        ofQuantized,
        correlation,
        difference.estimate(),
        new Estimate(ratio, ratio * difference.error()),
        difference(ofBase, ofQuantized),
        new Distribution(divergences.build().toArray(), divergence.estimate()),
        new Distribution(changes.build().toArray(), change.estimate()),
        rootMeanSquare(),
        sameTop.estimate());
  }

  /** Covariance of the two means. */
  private double covariance() {
    long count = base.count();
    return count < 2 ? 0 : products / count / (count - 1);
  }

  private Estimate difference(Perplexity ofBase, Perplexity ofQuantized) {
    double variance =
        ofBase.uncertainty() * ofBase.uncertainty()
            + ofQuantized.uncertainty() * ofQuantized.uncertainty()
            - 2 * ofBase.value() * ofQuantized.value() * covariance();
    // Nearly equal models leave nothing but rounding.
    return new Estimate(ofQuantized.value() - ofBase.value(), Math.sqrt(Math.max(0, variance)));
  }

  private Estimate rootMeanSquare() {
    double root = Math.sqrt(squaredChange.mean());
    return new Estimate(root, root > 0 ? squaredChange.error() / (2 * root) : 0);
  }
}
