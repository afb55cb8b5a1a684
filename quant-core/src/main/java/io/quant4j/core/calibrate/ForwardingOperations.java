package io.quant4j.core.calibrate;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.ExpertChoice;
import io.quant4j.api.spi.KeyValueCache;
import io.quant4j.api.spi.LargestElements;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.TensorView;
import java.util.List;
import java.util.Optional;

/**
 * Hands every single operation on to others, for subclasses that look at some of them. Those that
 * stand for several are taken apart, and a pass is run, never recorded, so that nothing is missed.
 */
abstract class ForwardingOperations implements Operations {
  final Operations target;

  /**
   * @param target not closed with these operations
   */
  ForwardingOperations(Operations target) {
    this.target = target;
  }

  @Override
  public FormatId cacheFormat() {
    return target.cacheFormat();
  }

  @Override
  public SequenceMemory newMemory() {
    return target.newMemory();
  }

  @Override
  public Weight bind(TensorView matrix) {
    return target.bind(matrix);
  }

  @Override
  public Weight bindExperts(List<TensorView> matrices) {
    return target.bindExperts(matrices);
  }

  @Override
  public Buffer load(TensorView tensor) {
    return target.load(tensor);
  }

  @Override
  public Buffer load(float[] values) {
    return target.load(values);
  }

  @Override
  public void write(float[] source, int sourceOffset, int count, Buffer to, long at) {
    target.write(source, sourceOffset, count, to, at);
  }

  @Override
  public void embed(Weight table, int[] tokens, int from, int count, Buffer out) {
    target.embed(table, tokens, from, count, out);
  }

  @Override
  public void rmsNorm(Buffer x, Buffer gain, float epsilon, int batch, Buffer out) {
    target.rmsNorm(x, gain, epsilon, batch, out);
  }

  @Override
  public void matMul(Weight weight, Buffer x, int batch, Buffer out) {
    target.matMul(weight, x, batch, out);
  }

  @Override
  public ExpertChoice chooseExperts(Buffer logits, int used, boolean normalized, int batch) {
    return target.chooseExperts(logits, used, normalized, batch);
  }

  @Override
  public void matMulExperts(Weight stack, ExpertChoice choice, Buffer x, Buffer out) {
    target.matMulExperts(stack, choice, x, out);
  }

  @Override
  public void mixExperts(ExpertChoice choice, Buffer x, Buffer out) {
    target.mixExperts(choice, x, out);
  }

  @Override
  public void addBias(Buffer x, Buffer bias, int batch) {
    target.addBias(x, bias, batch);
  }

  @Override
  public void rotaryAngles(
      float[] frequencies, float magnitude, int firstPosition, int batch, Buffer out) {
    target.rotaryAngles(frequencies, magnitude, firstPosition, batch, out);
  }

  @Override
  public void rotate(
      Buffer x, Buffer angles, RotaryLayout layout, int heads, int headDim, int batch) {
    target.rotate(x, angles, layout, heads, headDim, batch);
  }

  @Override
  public void store(KeyValueCache cache, Buffer keys, Buffer values, int firstPosition, int batch) {
    target.store(cache, keys, values, firstPosition, batch);
  }

  @Override
  public void attention(
      AttentionShape shape,
      Buffer query,
      KeyValueCache cache,
      int firstPosition,
      int batch,
      Buffer out) {
    target.attention(shape, query, cache, firstPosition, batch, out);
  }

  @Override
  public void swiGlu(Buffer gate, Buffer up) {
    target.swiGlu(gate, up);
  }

  @Override
  public void geGlu(Buffer gate, Buffer up) {
    target.geGlu(gate, up);
  }

  @Override
  public void scale(Buffer x, float factor) {
    target.scale(x, factor);
  }

  @Override
  public void softCap(Buffer x, float cap) {
    target.softCap(x, cap);
  }

  @Override
  public void addGated(Buffer x, Buffer gate, Buffer y, int batch) {
    target.addGated(x, gate, y, batch);
  }

  @Override
  public void add(Buffer x, Buffer y) {
    target.add(x, y);
  }

  @Override
  public void copy(Buffer source, Buffer out) {
    target.copy(source, out);
  }

  @Override
  public void read(Buffer source, long from, float[] out, int targetOffset, int count) {
    target.read(source, from, out, targetOffset, count);
  }

  @Override
  public Optional<LargestElements> largest(Buffer row, int count) {
    return target.largest(row, count);
  }

  /** Closes nothing: the operations that run belong to others. */
  @Override
  public void close() {}
}
