package io.quant4j.api;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A quantization as asked for; made by {@link Quantizer.Builder}.
 *
 * @param source Hugging Face directory, safetensors file or GGUF file
 * @param target file to be written; its extension chooses the container
 * @param recipe what each tensor becomes
 * @param size what decides the formats instead of the recipe's mix, if it is given
 * @param algorithm name of the {@link io.quant4j.api.spi.QuantizationAlgorithm}
 * @param importance how much the columns of each matrix matter, if that is known
 * @param changes what becomes of the model besides its formats
 * @param split over how many files the target is spread
 * @param backend name of the kernel backend that must be used; the best for this machine if empty
 * @param threads at least 1
 * @param allowRequantize whether tensors that are quantized already may be quantized again
 * @param listener told of progress
 * @param cancellation stops the work
 */
public record QuantizerOptions(
    Path source,
    Path target,
    QuantizationRecipe recipe,
    Optional<SizeLimit> size,
    String algorithm,
    Optional<ImportanceUse> importance,
    ModelChanges changes,
    FileSplit split,
    Optional<String> backend,
    int threads,
    boolean allowRequantize,
    ProgressListener listener,
    CancellationToken cancellation) {}
