package io.quant4j.core.kernel;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AddKernel;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.ExpertChoice;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.GeGluKernel;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KeyValueCache;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Pass;
import io.quant4j.api.spi.RmsNormKernel;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.spi.SwiGluKernel;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.discovery.Extensions;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs every operation at once on host memory: splits it over the thread team and calls the kernel
 * of the table.
 */
public final class HostOperations implements Operations {
  private final HostKernels kernels;
  private final HostOperations exact;
  private final ThreadTeam team;
  private final WorkSplit split;
  private final HostMatMul matMul;
  private final HostExperts experts;
  private final HostAttention attention;
  private final RmsNormKernel rmsNorm;
  private final SwiGluKernel swiGlu;
  private final GeGluKernel geGlu;
  private final AddKernel add;
  private final HostRotary rotary;

  /**
   * Operations on the given kernels.
   *
   * @param kernels complete
   * @param team shared or not; not closed with the operations
   */
  public HostOperations(HostKernels kernels, ThreadTeam team) {
    this(kernels, team, false);
  }

  private HostOperations(HostKernels kernels, ThreadTeam team, boolean isExact) {
    this.kernels = kernels;
    this.team = team;
    this.split = new WorkSplit(team);
    this.attention =
        new HostAttention(
            KernelTable.require(kernels.attention(), "attention"),
            KernelTable.require(kernels.cappedAttention(), "capped attention"),
            team);
    this.rmsNorm = KernelTable.require(kernels.rmsNorm(), "rmsNorm");
    this.swiGlu = KernelTable.require(kernels.swiGlu(), "swiGlu");
    this.geGlu = KernelTable.require(kernels.geGlu(), "geGlu");
    this.add = KernelTable.require(kernels.add(), "add");
    Preparation preparation = isExact ? Preparation.NONE : new HostPreparation(team);
    this.matMul = new HostMatMul(split, add, preparation);
    this.experts = new HostExperts(split, preparation);
    this.exact = isExact ? this : new HostOperations(kernels, team, true);
    this.rotary =
        new HostRotary(
            split,
            KernelTable.require(kernels.rotary(RotaryLayout.INTERLEAVED), "rotary interleaved"),
            KernelTable.require(kernels.rotary(RotaryLayout.HALF_SPLIT), "rotary half-split"));
  }

  @Override
  public HostOperations exact() {
    return exact;
  }

  /** Half the memory and time of F32, and no loss that perplexity shows. */
  @Override
  public FormatId cacheFormat() {
    return FormatId.F16;
  }

  @Override
  public SequenceMemory newMemory() {
    return new HostMemory(kernels, team.size());
  }

  /** Tasks of a pass follow each other on the team; those of other sequences wait for its end. */
  @Override
  public void run(SequenceMemory memory, Pass pass, Runnable body) {
    team.exclusively(body);
  }

  @Override
  public HostWeight bind(TensorView matrix) {
    Shape shape = matrix.shape();
    if (shape.rows() > Integer.MAX_VALUE || shape.cols() > Integer.MAX_VALUE) {
      throw new UnsupportedModelException(
          ErrorLocation.none(),
          "a matrix of shape " + shape + " is too large for the host kernels",
          "No known model needs this; check the file.");
    }
    String format = matrix.format().name();
    BlockFormat blocks = Extensions.installed().format(matrix.format(), ErrorLocation.none());
    return new HostWeight(
        matrix.format(),
        shape,
        matrix.data(),
        blocks.byteSize(shape.cols()),
        KernelTable.require(kernels.matMul(matrix.format()), "matMul " + format),
        kernels.preparedMatMuls(matrix.format()),
        KernelTable.require(kernels.decoder(matrix.format()), "decode " + format));
  }

  @Override
  public Weight bindExperts(List<TensorView> matrices) {
    return new HostExpertStack(matrices.stream().map(this::bind).toList());
  }

  @Override
  public HostBuffer load(TensorView tensor) {
    HostBuffer buffer = HostMemory.newBuffer(tensor.shape().elements());
    Extensions.installed()
        .format(tensor.format(), ErrorLocation.none())
        .decode(tensor.data(), 0, buffer.data(), 0, buffer.count());
    return buffer;
  }

  @Override
  public HostBuffer load(float[] values) {
    return new HostBuffer(values.clone());
  }

  @Override
  public void write(float[] source, int sourceOffset, int count, Buffer target, long at) {
    HostBuffer to = ((HostBuffer) target).slice(at, count);
    System.arraycopy(source, sourceOffset, to.data(), to.offset(), count);
  }

  @Override
  public void embed(Weight table, int[] tokens, int from, int count, Buffer out) {
    HostWeight w = (HostWeight) table;
    HostBuffer o = (HostBuffer) out;
    for (int b = 0; b < count; b++) {
      w.decoder()
          .decode(
              w.data(),
              tokens[from + b] * w.rowBytes(),
              o.data(),
              o.offset() + b * w.cols(),
              w.cols());
    }
  }

  @Override
  public void rmsNorm(Buffer x, Buffer gain, float epsilon, int batch, Buffer out) {
    HostBuffer in = (HostBuffer) x;
    HostBuffer g = (HostBuffer) gain;
    HostBuffer o = (HostBuffer) out;
    int dim = g.count();
    split.overRows(
        batch,
        dim,
        b ->
            rmsNorm.normalize(
                in.data(),
                in.offset() + b * dim,
                g.data(),
                g.offset(),
                epsilon,
                dim,
                o.data(),
                o.offset() + b * dim));
  }

  @Override
  public void matMul(Weight weight, Buffer x, int batch, Buffer out) {
    matMul.multiply((HostWeight) weight, (HostBuffer) x, batch, (HostBuffer) out);
  }

  @Override
  public void matMulEach(List<Weight> weights, Buffer x, int batch, List<Buffer> outs) {
    List<HostWeight> own = new ArrayList<>(weights.size());
    weights.forEach(weight -> own.add((HostWeight) weight));
    matMul.multiplyEach(own, (HostBuffer) x, batch, outs);
  }

  @Override
  public void matMulGated(
      Weight gate,
      Weight up,
      GateActivation activation,
      Buffer x,
      int batch,
      Buffer out,
      Buffer scratch) {
    matMul.multiplyGated(
        (HostWeight) gate,
        (HostWeight) up,
        switch (activation) {
          case SILU -> swiGlu::apply;
          case GELU -> geGlu::apply;
        },
        (HostBuffer) x,
        batch,
        (HostBuffer) out,
        (HostBuffer) scratch);
  }

  @Override
  public void matMulAdd(Weight weight, Buffer x, int batch, Buffer sum, Buffer scratch) {
    matMul.multiplyAdd(
        (HostWeight) weight, (HostBuffer) x, batch, (HostBuffer) sum, (HostBuffer) scratch);
  }

  @Override
  public ExpertChoice chooseExperts(Buffer logits, int used, boolean normalized, int batch) {
    return experts.choose((HostBuffer) logits, used, normalized, batch);
  }

  @Override
  public void matMulExperts(Weight stack, ExpertChoice choice, Buffer x, Buffer out) {
    experts.matMul(
        (HostExpertStack) stack, (HostExpertChoice) choice, (HostBuffer) x, (HostBuffer) out);
  }

  @Override
  public void mixExperts(ExpertChoice choice, Buffer x, Buffer out) {
    experts.mix((HostExpertChoice) choice, (HostBuffer) x, (HostBuffer) out);
  }

  @Override
  public void addBias(Buffer x, Buffer bias, int batch) {
    HostBuffer to = (HostBuffer) x;
    HostBuffer b = (HostBuffer) bias;
    for (int row = 0; row < batch; row++) {
      add.add(to.data(), to.offset() + row * b.count(), b.data(), b.offset(), b.count());
    }
  }

  @Override
  public void rotaryAngles(
      float[] frequencies, float magnitude, int firstPosition, int batch, Buffer out) {
    HostRotary.angles(frequencies, magnitude, firstPosition, batch, (HostBuffer) out);
  }

  @Override
  public void rotate(
      Buffer x, Buffer angles, RotaryLayout layout, int heads, int headDim, int batch) {
    rotary.rotate((HostBuffer) x, (HostBuffer) angles, layout, heads, headDim, batch);
  }

  @Override
  public void store(KeyValueCache cache, Buffer keys, Buffer values, int firstPosition, int batch) {
    ((HostCache) cache).store((HostBuffer) keys, (HostBuffer) values, firstPosition, batch);
  }

  @Override
  public void attention(
      AttentionShape shape,
      Buffer query,
      KeyValueCache cache,
      int firstPosition,
      int batch,
      Buffer out) {
    attention.attend(
        shape, (HostBuffer) query, (HostCache) cache, firstPosition, batch, (HostBuffer) out);
  }

  @Override
  public void swiGlu(Buffer gate, Buffer up) {
    HostBuffer g = (HostBuffer) gate;
    HostBuffer u = (HostBuffer) up;
    split.overRange(
        g.count(),
        (begin, count) ->
            swiGlu.apply(g.data(), g.offset() + begin, u.data(), u.offset() + begin, count));
  }

  @Override
  public void geGlu(Buffer gate, Buffer up) {
    HostBuffer g = (HostBuffer) gate;
    HostBuffer u = (HostBuffer) up;
    split.overRange(
        g.count(),
        (begin, count) ->
            geGlu.apply(g.data(), g.offset() + begin, u.data(), u.offset() + begin, count));
  }

  @Override
  public void scale(Buffer x, float factor) {
    HostBuffer to = (HostBuffer) x;
    for (int i = to.offset(); i < to.offset() + to.count(); i++) {
      to.data()[i] *= factor;
    }
  }

  @Override
  public void softCap(Buffer x, float cap) {
    HostBuffer to = (HostBuffer) x;
    split.overRange(
        to.count(),
        (begin, count) -> {
          int from = to.offset() + begin;
          for (int i = from; i < from + count; i++) {
            to.data()[i] = (float) (cap * Math.tanh(to.data()[i] / cap));
          }
        });
  }

  @Override
  public void addGated(Buffer x, Buffer gate, Buffer y, int batch) {
    experts.addGated((HostBuffer) x, (HostBuffer) gate, (HostBuffer) y, batch);
  }

  @Override
  public void add(Buffer x, Buffer y) {
    HostBuffer to = (HostBuffer) x;
    HostBuffer from = (HostBuffer) y;
    split.overRange(
        to.count(),
        (begin, count) ->
            add.add(to.data(), to.offset() + begin, from.data(), from.offset() + begin, count));
  }

  @Override
  public void copy(Buffer source, Buffer target) {
    HostBuffer from = (HostBuffer) source;
    HostBuffer to = (HostBuffer) target;
    System.arraycopy(from.data(), from.offset(), to.data(), to.offset(), from.count());
  }

  @Override
  public void read(Buffer source, long from, float[] target, int targetOffset, int count) {
    HostBuffer s = ((HostBuffer) source).slice(from, count);
    System.arraycopy(s.data(), s.offset(), target, targetOffset, count);
  }

  /** Nothing to free: buffers are heap arrays. */
  @Override
  public void close() {}
}
