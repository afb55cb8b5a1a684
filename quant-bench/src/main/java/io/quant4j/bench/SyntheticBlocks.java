package io.quant4j.bench;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.discovery.Extensions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Writes quantized GGUF models of well-known shapes in seconds: blocks of some random numbers over
 * and over. Enough to measure speed, of no use for anything else.
 */
public final class SyntheticBlocks {
  private static final int CHUNK_ELEMENTS = 1 << 20;

  private SyntheticBlocks() {}

  /** Arguments: SHAPE FORMAT TARGET; the format is that of all matrices, or {@code Q4_K_M}. */
  public static void main(String[] args) {
    if (args.length != 3) {
      throw new IllegalArgumentException(
          "usage: SyntheticBlocks SHAPE FORMAT TARGET, shapes "
              + List.of(SyntheticModel.Shape.values()));
    }
    write(SyntheticModel.Shape.valueOf(args[0]), args[1], Path.of(args[2]));
  }

  /**
   * Writes a model.
   *
   * @return bytes of the file
   */
  public static long write(SyntheticModel.Shape shape, String fileType, Path target) {
    List<PlannedTensor> tensors = new ArrayList<>();
    for (PlannedTensor tensor : SyntheticModel.tensors(shape)) {
      tensors.add(stored(tensor, fileType, shape));
    }
    CheckpointContents contents =
        new CheckpointContents(
            shape.metadata,
            Optional.of(SyntheticModel.tokenizer(shape.metadata.vocabularySize())),
            GenerationDefaults.none(),
            Optional.of(fileType),
            tensors);
    Map<FormatId, MemorySegment> chunks = new HashMap<>();
    try (Arena arena = Arena.ofShared();
        CheckpointOutput output = SyntheticModel.writer(target).create(target, contents)) {
      for (int t = 0; t < tensors.size(); t++) {
        boolean norm = tensors.get(t).shape().rank() == 1;
        FormatId format = tensors.get(t).format();
        MemorySegment chunk =
            norm
                ? chunk(arena, format, true)
                : chunks.computeIfAbsent(format, f -> chunk(arena, f, false));
        write(output, t, tensors.get(t).byteSize(), chunk);
      }
      return output.commit();
    }
  }

  private static PlannedTensor stored(
      PlannedTensor tensor, String fileType, SyntheticModel.Shape shape) {
    FormatId format =
        tensor.shape().rank() == 1
            ? FormatId.F32
            : fileType.equals("Q4_K_M")
                ? mixed(tensor.role().orElseThrow(), shape.metadata.layerCount())
                : new FormatId(fileType);
    long rowBytes = format(format).byteSize((int) tensor.shape().cols());
    return new PlannedTensor(
        tensor.role(),
        tensor.sourceName(),
        format,
        tensor.shape(),
        rowBytes * tensor.shape().rows());
  }

  /** The mix of llama.cpp: six bits where errors cost most. */
  private static FormatId mixed(TensorRole role, int layers) {
    boolean ends = role.kind() == Kind.OUTPUT || role.kind() == Kind.TOKEN_EMBEDDING;
    boolean sensitive =
        role.kind() == Kind.ATTENTION_VALUE || role.kind() == Kind.FEED_FORWARD_DOWN;
    int i = role.layer();
    boolean more = i < layers / 8 || i >= 7 * layers / 8 || (i - layers / 8) % 3 == 2;
    return ends || (sensitive && more) ? FormatId.Q6_K : FormatId.Q4_K;
  }

  private static BlockFormat format(FormatId id) {
    return Extensions.installed().format(id, ErrorLocation.none());
  }

  private static MemorySegment chunk(Arena arena, FormatId format, boolean ones) {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[CHUNK_ELEMENTS];
    for (int i = 0; i < values.length; i++) {
      values[i] = ones ? 1 : (float) (SyntheticModel.triangular(random) / 64);
    }
    MemorySegment chunk = arena.allocate(format(format).byteSize(CHUNK_ELEMENTS));
    format(format).encode(values, 0, CHUNK_ELEMENTS, null, chunk, 0);
    return chunk;
  }

  private static void write(CheckpointOutput output, int tensor, long bytes, MemorySegment chunk) {
    long chunks = (bytes + chunk.byteSize() - 1) / chunk.byteSize();
    LongStream.range(0, chunks)
        .parallel()
        .forEach(c -> {
          long at = c * chunk.byteSize();
          output.write(tensor, at, chunk.asSlice(0, Math.min(chunk.byteSize(), bytes - at)));
        });
  }
}
