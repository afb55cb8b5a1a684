package io.quant4j.bench.report;

/**
 * What became of a quantized model.
 *
 * @param bytes size of the file
 * @param bitsPerWeight stored bits per element over all tensors
 * @param relativeError root of the summed squared error of all tensors that were quantized, divided
 *     by that of their squared elements
 * @param divergence mean KL divergence from the base model, in nats
 * @param uncertainty standard error of {@code divergence}
 * @param sameTop share of predictions with the same most likely token, 0 to 1
 */
record Quality(
    long bytes,
    double bitsPerWeight,
    double relativeError,
    double divergence,
    double uncertainty,
    double sameTop) {}
