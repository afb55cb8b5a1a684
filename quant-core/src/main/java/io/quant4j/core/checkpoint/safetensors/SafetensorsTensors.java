package io.quant4j.core.checkpoint.safetensors;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.TensorInfo;
import io.quant4j.api.tensor.TensorView;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** All tensors of one safetensors file or of a set of shards, mapped read-only. Thread-safe. */
public final class SafetensorsTensors implements AutoCloseable {
  private static final Set<FormatId> READABLE = Set.of(FormatId.F32, FormatId.F16, FormatId.BF16);

  private final Arena arena;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Map<String, Place> places = new LinkedHashMap<>();

  private record Place(SafetensorsFile file, SafetensorsEntry entry) {}

  private SafetensorsTensors(Arena arena) {
    this.arena = arena;
  }

  /**
   * Opens one file.
   *
   * @throws io.quant4j.api.error.QuantException if it cannot be read or breaks the rules of the
   *     format
   */
  public static SafetensorsTensors openFile(Path file) {
    return opened(arena -> List.of(SafetensorsFile.open(file, arena)));
  }

  /**
   * Opens all shards that an index names.
   *
   * @param index a {@code model.safetensors.index.json} with the shards beside it
   * @throws io.quant4j.api.error.QuantException if a file cannot be read, breaks the rules of the
   *     format, or the index does not fit the shards
   */
  public static SafetensorsTensors openShards(Path index) {
    return opened(arena -> {
      ShardIndex shards = ShardIndex.read(index);
      List<SafetensorsFile> files = new ArrayList<>();
      for (Path shard : shards.shards()) {
        files.add(SafetensorsFile.open(shard, arena));
      }
      shards.check(files);
      return files;
    });
  }

  /** Whether an index names a file as one of its shards. */
  public static boolean isShardOf(Path file, Path index) {
    return ShardIndex.read(index).shardOfTensor().containsValue(String.valueOf(file.getFileName()));
  }

  private interface Opener {
    List<SafetensorsFile> open(Arena arena);
  }

  private static SafetensorsTensors opened(Opener opener) {
    SafetensorsTensors tensors = new SafetensorsTensors(Arena.ofShared());
    boolean complete = false;
    try {
      for (SafetensorsFile file : opener.open(tensors.arena)) {
        for (SafetensorsEntry entry : file.entries()) {
          tensors.places.put(entry.name(), new Place(file, entry));
        }
      }
      complete = true;
      return tensors;
    } finally {
      if (!complete) {
        tensors.close();
      }
    }
  }

  /** All tensors: shards by name, within a file in the order of their data. */
  public List<TensorInfo> infos() {
    return places.values().stream()
        .map(Place::entry)
        .map(e -> new TensorInfo(e.name(), e.dtype(), e.shape(), e.byteSize()))
        .toList();
  }

  /** Names of all tensors. */
  public Set<String> names() {
    return Collections.unmodifiableSet(places.keySet());
  }

  /**
   * The stored elements of a tensor, in place, valid until {@link #close()}.
   *
   * @throws UnsupportedModelException if they are neither F32 nor F16 nor BF16
   * @throws InvalidRequestException if there is no such tensor or this is closed
   */
  public TensorView view(String name) {
    Place place = places.get(name);
    if (place == null || closed.get()) {
      throw new InvalidRequestException(
          ErrorLocation.subject(name),
          place == null ? "the checkpoint has no tensor of this name" : "the checkpoint is closed",
          "Read tensors that the checkpoint lists, before it is closed.");
    }
    SafetensorsEntry entry = place.entry();
    if (!READABLE.contains(entry.dtype())) {
      throw new UnsupportedModelException(
          ErrorLocation.of(place.file().path(), name),
          "tensors of type " + entry.dtype() + " cannot be read yet",
          "Convert the checkpoint to BF16, F16 or F32.");
    }
    return new TensorView(entry.dtype(), entry.shape(), place.file().bytes(entry));
  }

  /** Unmaps all files. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      arena.close();
    }
  }
}
