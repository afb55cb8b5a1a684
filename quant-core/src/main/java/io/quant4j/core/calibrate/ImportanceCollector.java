package io.quant4j.core.calibrate;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceOptions;
import io.quant4j.api.Progress;
import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.core.evaluate.Likelihoods;
import io.quant4j.core.evaluate.Subject;
import io.quant4j.core.evaluate.TextWindows;
import io.quant4j.core.kernel.ThreadTeam;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Collects an importance matrix by the procedure of upstream's {@code llama-imatrix}
 * (tools/imatrix/imatrix.cpp, commit 34af94cd9ab2): the text is cut into windows that each begin
 * anew; every token of a window counts for every weight of the layers. For one run.
 */
public final class ImportanceCollector {
  private final ImportanceOptions options;
  private final ImportanceSums sums;
  private final long begin = System.nanoTime();

  /**
   * @throws MissingExtensionException if nothing installed knows the names of weights in GGUF files
   */
  public ImportanceCollector(ImportanceOptions options) {
    this.options = options;
    sums = new ImportanceSums(GgufNames.installed()::of, options.processOutput());
  }

  /**
   * The decoder whose forward passes are to be observed.
   *
   * @param team adds up; not closed
   */
  public Decoder decoder(
      ModelArchitecture architecture,
      ModelMetadata metadata,
      WeightSource weights,
      Placement placement,
      ThreadTeam team) {
    NamedWeights named = new NamedWeights(weights);
    Map<Operations, Operations> observed = new IdentityHashMap<>();
    return architecture.decoder(
        metadata,
        named,
        layer ->
            observed.computeIfAbsent(
                placement.layer(layer), o -> new ObservedOperations(o.exact(), team, named, sums)));
  }

  /**
   * Runs the text through the model.
   *
   * @param model the observed decoder
   * @throws io.quant4j.api.error.InvalidRequestException if the text is shorter than two windows,
   *     or what to resume from is of another model
   */
  public ImportanceMatrix collect(String text, Tokenizer tokenizer, int vocabulary, Subject model) {
    TextWindows windows =
        TextWindows.of(
            tokenizer, text, options.context(), options.fromChunk(), options.parseSpecial());
    int chunks = Math.min(windows.count(), options.chunks().orElse(Integer.MAX_VALUE));
    soFar(0); // Tells at once if what to resume from does not fit.
    Likelihoods likelihoods = new Likelihoods(vocabulary);
    WindowPass pass = new WindowPass(options, model, vocabulary, likelihoods);
    for (int chunk = 0; chunk < chunks; chunk++) {
      options.cancellation().throwIfCancelled("the calibration");
      pass.run(windows.input(chunk));
      sums.requireFinite();
      int done = chunk + 1;
      boolean snapshot =
          options.snapshotEvery().isPresent()
              && done % options.snapshotEvery().getAsInt() == 0
              && done < chunks;
      if (snapshot) {
        options.snapshots().collected(soFar(done));
      }
      options.listener().progressed(progress(done, chunks, likelihoods));
    }
    return soFar(chunks);
  }

  private ImportanceMatrix soFar(int chunks) {
    ImportanceMatrix seen =
        new ImportanceMatrix(
            options.dataset().stream().toList(), chunks, options.context(), sums.entries());
    return options
        .resumeFrom()
        .map(before -> ImportanceMatrix.merge(List.of(before, seen)))
        .orElse(seen);
  }

  private Progress progress(int done, int chunks, Likelihoods likelihoods) {
    String item = "chunk %d of %d".formatted(done, chunks);
    return new Progress(
        "imatrix",
        likelihoods.count() == 0
            ? item
            : String.format(
                Locale.ROOT, "%s, perplexity so far %.4f", item, likelihoods.perplexity()),
        (long) done * options.context(),
        (long) chunks * options.context(),
        Duration.ofNanos(System.nanoTime() - begin));
  }
}
