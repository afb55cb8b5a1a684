package io.quant4j.core.checkpoint.safetensors;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.core.checkpoint.json.JsonCursor;
import io.quant4j.core.checkpoint.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The index of a checkpoint in several files: {@code {"metadata": {...}, "weight_map": {"tensor":
 * "file", ...}}}.
 *
 * @param path the index file; shards lie beside it
 * @param shardOfTensor file name by tensor name
 */
record ShardIndex(Path path, Map<String, String> shardOfTensor) {
  private static final int MAX_BYTES = 1 << 26;
  private static final String WEIGHT_MAP = "weight_map";

  /** A plain file name: no way out of the index's directory on any system. */
  private static final Pattern SHARD_NAME =
      Pattern.compile("[^/\\\\:\\p{Cntrl}]{1,243}\\.safetensors");

  /**
   * Reads an index.
   *
   * @throws MalformedModelException if it is not an index or names files elsewhere
   */
  static ShardIndex read(Path path) {
    JsonObject weights =
        JsonCursor.readObject(path, MAX_BYTES)
            .object(WEIGHT_MAP)
            .orElseThrow(() -> fault(path, WEIGHT_MAP, "the index has no weight_map"));
    Map<String, String> shards = new LinkedHashMap<>();
    for (String tensor : weights.keys()) {
      String shard = weights.requireText(tensor);
      if (!SHARD_NAME.matcher(shard).matches()) {
        throw fault(path, tensor, "'" + shard + "' is not the name of a file beside the index");
      }
      shards.put(tensor, shard);
    }
    if (shards.isEmpty()) {
      throw fault(path, WEIGHT_MAP, "the weight_map is empty");
    }
    return new ShardIndex(path, shards);
  }

  /**
   * All shards, ordered by name.
   *
   * @throws MalformedModelException if one is missing
   */
  List<Path> shards() {
    return new TreeSet<>(shardOfTensor.values()).stream().map(this::existing).toList();
  }

  private Path existing(String shard) {
    Path file = path.resolveSibling(shard);
    if (!Files.isRegularFile(file)) {
      throw fault(path, shard, "a shard that the index names is missing");
    }
    return file;
  }

  /**
   * Checks that this index and its shards name the same tensors.
   *
   * @param files the opened shards
   * @throws MalformedModelException if a tensor is in another shard than stated, in two, in none,
   *     or not in the index
   */
  void check(List<SafetensorsFile> files) {
    Map<String, String> found = new LinkedHashMap<>();
    for (SafetensorsFile file : files) {
      String shard = String.valueOf(file.path().getFileName());
      for (SafetensorsEntry entry : file.entries()) {
        String other = found.put(entry.name(), shard);
        if (other != null) {
          throw fault(path, entry.name(), "a tensor is in two shards, " + other + " and " + shard);
        }
        String stated = shardOfTensor.get(entry.name());
        if (!shard.equals(stated)) {
          String where = stated == null ? "does not name it" : "places it in " + stated;
          throw fault(path, entry.name(), "a tensor is in " + shard + ", but the index " + where);
        }
      }
    }
    for (Map.Entry<String, String> entry : shardOfTensor.entrySet()) {
      if (!found.containsKey(entry.getKey())) {
        throw fault(path, entry.getKey(), "a tensor of the index is not in " + entry.getValue());
      }
    }
  }

  private static MalformedModelException fault(Path path, String subject, String reason) {
    return new MalformedModelException(
        ErrorLocation.of(path, subject),
        reason,
        "Get all files of the checkpoint again, of one and the same revision.");
  }
}
