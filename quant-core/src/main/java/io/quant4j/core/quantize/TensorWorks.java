package io.quant4j.core.quantize;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.tensor.FormatId;
import java.util.ArrayList;
import java.util.List;

/** Turns a plan into the work of each tensor. */
final class TensorWorks {
  private TensorWorks() {}

  /**
   * One work per tensor of the plan, in its order.
   *
   * @throws io.quant4j.api.error.QuantException if a tensor cannot be read
   */
  static List<TensorWork> of(
      QuantizationPlan plan, Checkpoint source, QuantizationAlgorithm algorithm, Codecs codecs) {
    List<TensorWork> works = new ArrayList<>();
    for (TensorPlan tensor : plan.tensors()) {
      int index = works.size();
      works.add(
          switch (tensor) {
            case TensorPlan.Computed computed -> new ComputedWork(index, computed);
            case TensorPlan.FromSource stored -> {
              List<TensorWork> parts = new ArrayList<>();
              for (TensorPlan.FromSource part : stored.parts(source)) {
                parts.add(fromSource(SourceTensor.open(index, part, source), algorithm, codecs));
              }
              long bytes = stored.target().byteSize() / parts.size();
              yield parts.size() == 1 ? parts.getFirst() : new StackWork(parts, bytes);
            }
          });
    }
    return works;
  }

  private static TensorWork fromSource(
      SourceTensor source, QuantizationAlgorithm algorithm, Codecs codecs) {
    FormatId format = source.plan().target().format();
    if (source.plan().copied()) {
      return new CopyWork(source, codecs.find(format));
    }
    BlockFormat from = codecs.require(source.plan().source().info().format(), source.where());
    BlockFormat to = codecs.require(format, source.where());
    RowEncoder fastest = codecs.encoder(to);
    RowEncoder encoder =
        Codecs.isPlain(format)
            ? fastest
            : algorithm.prepare(source.plan().source().info(), to, fastest);
    return new EncodeWork(source, from, to, codecs.decoder(from), encoder, codecs.decoder(to));
  }
}
