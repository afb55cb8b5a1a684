package io.quant4j.core.quantize;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.ContainerConventions;
import io.quant4j.api.spi.PlannedFile;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A target that lives in memory, named "memory", with names as GGUF has them. */
final class MemoryWriter implements CheckpointWriter {
  static final String NAME = "memory";

  private static final Map<TensorRole.Kind, String> NAMES =
      Map.ofEntries(
          Map.entry(TensorRole.Kind.TOKEN_EMBEDDING, "token_embd"),
          Map.entry(TensorRole.Kind.OUTPUT_NORM, "output_norm"),
          Map.entry(TensorRole.Kind.OUTPUT, "output"),
          Map.entry(TensorRole.Kind.ROPE_FREQUENCIES, "rope_freqs"),
          Map.entry(TensorRole.Kind.ATTENTION_NORM, "attn_norm"),
          Map.entry(TensorRole.Kind.ATTENTION_QUERY, "attn_q"),
          Map.entry(TensorRole.Kind.ATTENTION_KEY, "attn_k"),
          Map.entry(TensorRole.Kind.ATTENTION_VALUE, "attn_v"),
          Map.entry(TensorRole.Kind.ATTENTION_OUTPUT, "attn_output"),
          Map.entry(TensorRole.Kind.FEED_FORWARD_NORM, "ffn_norm"),
          Map.entry(TensorRole.Kind.FEED_FORWARD_GATE, "ffn_gate"),
          Map.entry(TensorRole.Kind.FEED_FORWARD_UP, "ffn_up"),
          Map.entry(TensorRole.Kind.FEED_FORWARD_DOWN, "ffn_down"),
          Map.entry(TensorRole.Kind.ROPE_FACTORS_LONG, "rope_factors_long"),
          Map.entry(TensorRole.Kind.ROPE_FACTORS_SHORT, "rope_factors_short"),
          Map.entry(TensorRole.Kind.EXPERT_ROUTER, "ffn_gate_inp"),
          Map.entry(TensorRole.Kind.EXPERT_DOWN, "ffn_down_exps"));

  private final ContainerConventions conventions;
  private final Set<FormatId> refused = new HashSet<>();

  /** What was created last. */
  @Nullable Output output;

  MemoryWriter(RotaryLayout layout, boolean ropeFactorsAsTensor) {
    conventions = new ContainerConventions(layout, ropeFactorsAsTensor);
  }

  MemoryWriter() {
    this(RotaryLayout.INTERLEAVED, true);
  }

  MemoryWriter refusing(FormatId format) {
    refused.add(format);
    return this;
  }

  Output output() {
    return Objects.requireNonNull(output);
  }

  /** What was written of a tensor. */
  byte[] written(String name) {
    for (int i = 0; i < output().bytes.size(); i++) {
      PlannedTensor tensor = output().contents.tensors().get(i);
      if (tensorName(tensor.role(), tensor.sourceName()).equals(name)) {
        return output().bytes.get(i);
      }
    }
    throw new AssertionError(name + " was not written");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean writes(Path target) {
    return false;
  }

  @Override
  public boolean canStore(FormatId format) {
    return !refused.contains(format);
  }

  @Override
  public ContainerConventions conventions(String architecture) {
    return conventions;
  }

  @Override
  public String tensorName(Optional<TensorRole> role, String sourceName) {
    return role.map(MemoryWriter::nameOf).orElse(sourceName);
  }

  private static String nameOf(TensorRole role) {
    String layer = role.kind().perLayer() ? "blk." + role.layer() + "." : "";
    String part = role.part() == TensorRole.Part.BIAS ? ".bias" : ".weight";
    return layer + NAMES.get(role.kind()) + part;
  }

  @Override
  public Optional<String> fileTypeName(int number) {
    return number == 7 ? Optional.of("Q8_0") : Optional.empty();
  }

  @Override
  public List<PlannedFile> files(Path target, CheckpointContents contents) {
    List<PlannedFile> files = new ArrayList<>();
    int from = 0;
    for (int count :
        contents.tensorsPerFile().isEmpty()
            ? List.of(contents.tensors().size())
            : contents.tensorsPerFile()) {
      long bytes =
          contents.tensors().subList(from, from + count).stream()
              .mapToLong(PlannedTensor::byteSize)
              .sum();
      files.add(new PlannedFile(target.resolve("" + files.size()), bytes));
      from += count;
    }
    return files;
  }

  @Override
  public CheckpointOutput create(Path target, CheckpointContents contents) {
    output = new Output(contents);
    return output;
  }

  /** Holds what was written and complains of parts written twice. */
  static final class Output implements CheckpointOutput {
    final CheckpointContents contents;
    final List<byte[]> bytes = new ArrayList<>();
    private final List<BitSet> written = new ArrayList<>();
    boolean committed;
    boolean closed;

    Output(CheckpointContents contents) {
      this.contents = contents;
      for (var tensor : contents.tensors()) {
        bytes.add(new byte[(int) tensor.byteSize()]);
        written.add(new BitSet());
      }
    }

    @Override
    public String name(int tensor) {
      throw new UnsupportedOperationException();
    }

    @Override
    public synchronized void write(int tensor, long byteOffset, MemorySegment part) {
      int from = (int) byteOffset;
      int to = Math.toIntExact(byteOffset + part.byteSize());
      if (written.get(tensor).get(from, to).cardinality() != 0) {
        throw new AssertionError("tensor " + tensor + " written twice between " + from + ", " + to);
      }
      written.get(tensor).set(from, to);
      MemorySegment.copy(
          part, 0, MemorySegment.ofArray(bytes.get(tensor)), byteOffset, part.byteSize());
    }

    @Override
    public long commit() {
      long total = 0;
      for (int i = 0; i < bytes.size(); i++) {
        if (written.get(i).cardinality() != bytes.get(i).length) {
          throw new AssertionError("tensor " + i + " is incomplete");
        }
        total += bytes.get(i).length;
      }
      committed = true;
      return total;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
