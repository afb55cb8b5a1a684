package io.quant4j.core.quantize;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorInfo;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.discovery.Extensions;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/** A source that lives in memory. */
final class MemoryCheckpoint implements Checkpoint {
  private final String container;
  private final ModelMetadata metadata;
  private final Map<StoredTensor, MemorySegment> tensors = new LinkedHashMap<>();

  MemoryCheckpoint(String container, ModelMetadata metadata) {
    this.container = container;
    this.metadata = metadata;
  }

  /** Adds a tensor of given bytes. */
  MemoryCheckpoint add(
      String name, Optional<TensorRole> role, FormatId format, Shape shape, MemorySegment data) {
    tensors.put(new StoredTensor(new TensorInfo(name, format, shape, data.byteSize()), role), data);
    return this;
  }

  /** Adds a tensor of given elements. */
  MemoryCheckpoint add(
      String name, Optional<TensorRole> role, FormatId format, Shape shape, float[] values) {
    return add(name, role, format, shape, stored(format, shape, values));
  }

  /** Adds a tensor of which only the size matters. */
  MemoryCheckpoint add(String name, Optional<TensorRole> role, FormatId format, Shape shape) {
    BlockFormat sized = StubFormat.find(format).orElseThrow();
    TensorInfo info = new TensorInfo(name, format, shape, sized.byteSize(shape.elements()));
    tensors.put(new StoredTensor(info, role), MemorySegment.NULL);
    return this;
  }

  /** The bytes of some elements, by the format's own rule. */
  static MemorySegment stored(FormatId format, Shape shape, float[] values) {
    BlockFormat f = Extensions.installed().findFormat(format).orElseThrow();
    byte[] bytes = new byte[(int) f.byteSize(values.length)];
    int cols = (int) shape.cols();
    for (int at = 0; at < values.length; at += cols) {
      f.encode(values, at, cols, null, MemorySegment.ofArray(bytes), f.byteSize(at));
    }
    return MemorySegment.ofArray(bytes).asReadOnly();
  }

  /** Normally distributed numbers. */
  static float[] random(long seed, Shape shape) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * 0.05);
    }
    return values;
  }

  @Override
  public Path path() {
    return Path.of("source");
  }

  @Override
  public String container() {
    return container;
  }

  @Override
  public ModelMetadata metadata() {
    return metadata;
  }

  @Override
  public Optional<TokenizerSpec> tokenizer() {
    return Optional.empty();
  }

  @Override
  public GenerationDefaults generationDefaults() {
    return GenerationDefaults.none();
  }

  @Override
  public List<StoredTensor> tensors() {
    return new ArrayList<>(tensors.keySet());
  }

  @Override
  public TensorView view(StoredTensor tensor) {
    MemorySegment data = Objects.requireNonNull(tensors.get(tensor));
    return new TensorView(tensor.info().format(), tensor.info().shape(), data);
  }

  @Override
  public void close() {}
}
