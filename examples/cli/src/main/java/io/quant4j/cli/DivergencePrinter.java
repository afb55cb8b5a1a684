package io.quant4j.cli;

import io.quant4j.api.Distribution;
import io.quant4j.api.Divergence;
import io.quant4j.api.Estimate;
import io.quant4j.api.Perplexity;
import java.io.PrintWriter;

/** Shows the comparison of two models, for people or as JSON. */
final class DivergencePrinter {
  /** Percentiles shown, highest first. */
  private static final double[] PERCENTS = {99.9, 99, 95, 90, 75, 50, 25, 10, 5, 1, 0.1};

  private final Divergence measured;
  private final int context;

  /**
   * @param context tokens of a window
   */
  DivergencePrinter(Divergence measured, int context) {
    this.measured = measured;
    this.context = context;
  }

  /** Means with their uncertainties, then percentiles. */
  void print(PrintWriter out) {
    out.println(
        Text.format(
            "%s predictions in %d chunks of %d tokens",
            Text.count(measured.predictions()), measured.chunks(), context));
    means().print(out);
    out.println();
    percentiles().print(out);
  }

  private Table means() {
    return new Table("", "")
        .row("perplexity of the base model", of(measured.base()))
        .row("perplexity of the quantized model", of(measured.quantized()))
        .row("ratio", of(measured.ratio(), 6, ""))
        .row("difference", of(measured.difference(), 4, ""))
        .row("mean log ratio", of(measured.logRatio(), 6, ""))
        .row("correlation of losses", Text.format("%.3f %%", 100 * measured.correlation()))
        .row("mean KL divergence", of(measured.klDivergence().mean(), 8, " nats"))
        .row("same most likely token", percent(measured.sameTop()))
        .row("mean change of probability", percent(measured.probabilityChange().mean()))
        .row("its root mean square", percent(measured.probabilityChangeRms()));
  }

  private static String of(Perplexity perplexity) {
    return of(new Estimate(perplexity.value(), perplexity.uncertainty()), 4, "");
  }

  private static String of(Estimate estimate, int decimals, String unit) {
    String number = "%." + decimals + "f";
    return Text.format(
        number + " ± " + number + "%s", estimate.value(), estimate.uncertainty(), unit);
  }

  private static String percent(Estimate estimate) {
    return of(new Estimate(100 * estimate.value(), 100 * estimate.uncertainty()), 3, " %");
  }

  private Table percentiles() {
    Table table = new Table("percentile", ">KL divergence", ">change of probability");
    row(table, "maximum", 100);
    for (double percent : PERCENTS) {
      row(table, percent == 50 ? "median" : name(percent) + " %", percent);
    }
    row(table, "minimum", 0);
    return table;
  }

  private void row(Table table, String name, double percent) {
    table.row(
        name,
        Text.format("%.6f", measured.klDivergence().percentile(percent)),
        Text.format("%.3f %%", 100 * measured.probabilityChange().percentile(percent)));
  }

  /** Without a fraction of zero. */
  private static String name(double percent) {
    return percent == Math.rint(percent)
        ? Text.format("%.0f", percent)
        : Text.format("%.1f", percent);
  }

  /** Everything as one object; probabilities and shares are 0 to 1. */
  Json.Members json() {
    return Json.object()
        .with("predictions", measured.predictions())
        .with("chunks", measured.chunks())
        .with("context", context)
        .with("base", json(measured.base()))
        .with("quantized", json(measured.quantized()))
        .with("ratio", json(measured.ratio()))
        .with("difference", json(measured.difference()))
        .with("log_ratio", json(measured.logRatio()))
        .with("correlation", measured.correlation())
        .with("kl_divergence", json(measured.klDivergence()))
        .with("same_top", json(measured.sameTop()))
        .with("probability_change", json(measured.probabilityChange()))
        .with("probability_change_rms", json(measured.probabilityChangeRms()));
  }

  private static Json.Members json(Perplexity perplexity) {
    return json(new Estimate(perplexity.value(), perplexity.uncertainty()));
  }

  private static Json.Members json(Estimate estimate) {
    return Json.object()
        .with("value", estimate.value())
        .with("uncertainty", estimate.uncertainty());
  }

  private static Json.Members json(Distribution distribution) {
    Json.Members members =
        Json.object()
            .with("mean", distribution.mean().value())
            .with("uncertainty", distribution.mean().uncertainty())
            .with("maximum", distribution.maximum());
    for (double percent : PERCENTS) {
      members.with(
          percent == 50 ? "median" : "p" + name(percent), distribution.percentile(percent));
    }
    return members.with("minimum", distribution.minimum());
  }
}
