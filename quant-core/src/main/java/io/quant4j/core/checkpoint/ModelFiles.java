package io.quant4j.core.checkpoint;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.core.checkpoint.safetensors.SafetensorsTensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds the files of a checkpoint.
 *
 * @param directory holds everything
 * @param weights a safetensors file or the index of several
 */
record ModelFiles(Path directory, Path weights) {
  private static final String CONFIG = "config.json";
  private static final String SUFFIX = ".safetensors";
  private static final String SINGLE = "model" + SUFFIX;
  private static final String INDEX = SINGLE + ".index.json";

  /** What PyTorch's own serialization leaves in a directory. */
  private static final List<String> PICKLES =
      List.of("pytorch_model.bin", "pytorch_model.bin.index.json");

  private static final String ADAPTER = "adapter_config.json";

  /**
   * A directory with one of our files or with one that {@link #locate} refuses with advice; or a
   * safetensors file.
   */
  static boolean recognizes(Path path, byte[] head) {
    if (Files.isDirectory(path)) {
      return holds(path, CONFIG)
          || holds(path, SINGLE)
          || holds(path, INDEX)
          || holds(path, ADAPTER)
          || PICKLES.stream().anyMatch(name -> holds(path, name));
    }
    return String.valueOf(path.getFileName()).endsWith(SUFFIX) || looksLikeHeader(head);
  }

  /** A 64-bit length below 2^32, then the brace that opens the header. */
  private static boolean looksLikeHeader(byte[] head) {
    return head.length > 8
        && head[8] == '{'
        && head[7] == 0
        && head[6] == 0
        && head[5] == 0
        && head[4] == 0;
  }

  /**
   * Finds the files of a checkpoint. A file that the directory's index names as a shard stands for
   * all of them.
   *
   * @param path a directory or a safetensors file
   * @throws MalformedModelException if a file is missing
   * @throws UnsupportedModelException if there are only weights of another kind
   */
  static ModelFiles locate(Path path) {
    if (Files.isDirectory(path)) {
      requireConfig(path);
      return new ModelFiles(path, weightsOf(path));
    }
    Path directory = Optional.ofNullable(path.getParent()).orElse(Path.of(""));
    requireConfig(directory);
    Path index = directory.resolve(INDEX);
    boolean shard = Files.isRegularFile(index) && SafetensorsTensors.isShardOf(path, index);
    return new ModelFiles(directory, shard ? index : path);
  }

  private static Path weightsOf(Path directory) {
    for (String name : List.of(SINGLE, INDEX)) {
      if (holds(directory, name)) {
        return directory.resolve(name);
      }
    }
    for (String name : PICKLES) {
      if (holds(directory, name)) {
        throw new UnsupportedModelException(
            ErrorLocation.of(directory.resolve(name)),
            "the weights are pickled PyTorch objects, which can run code when they are read",
            "Get the checkpoint's safetensors files, or save it again with"
                + " safe_serialization=True.");
      }
    }
    throw new MalformedModelException(
        ErrorLocation.of(directory),
        "the directory has neither " + SINGLE + " nor " + INDEX,
        "Get the weights too, or name a safetensors file of another name itself.");
  }

  private static void requireConfig(Path directory) {
    if (holds(directory, CONFIG)) {
      return;
    }
    throw holds(directory, ADAPTER)
        ? new UnsupportedModelException(
            ErrorLocation.of(directory.resolve(ADAPTER)),
            "the directory holds an adapter, not a model",
            "Merge the adapter into its base model and name the result.")
        : new MalformedModelException(
            ErrorLocation.of(directory),
            "the directory has no " + CONFIG + ", which states the model's sizes",
            "Put the " + CONFIG + " of the model beside its weights.");
  }

  private static boolean holds(Path directory, String name) {
    return Files.isRegularFile(directory.resolve(name));
  }

  Path config() {
    return directory.resolve(CONFIG);
  }

  /**
   * Last part of the directory's path, a readable name if nothing better is known; empty for a
   * root.
   */
  String directoryName() {
    Path name = directory.toAbsolutePath().normalize().getFileName();
    return name == null ? "" : name.toString();
  }

  /** Maps the weights. */
  SafetensorsTensors openTensors() {
    return weights.toString().endsWith(INDEX)
        ? SafetensorsTensors.openShards(weights)
        : SafetensorsTensors.openFile(weights);
  }
}
