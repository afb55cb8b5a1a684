package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.ContainerConventions;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.Shape;
import io.quant4j.core.model.RopeFrequencies;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What changes in a model's values when it moves from one container to another: the row order of
 * query and key projections, what gains of norms are counted from, and rope scaling as parameters
 * or as tensors. The rules are those of llama.cpp's converter.
 */
final class ContainerChanges {
  private final Checkpoint source;
  private final ModelMetadata metadata;
  private final ContainerConventions target;

  /**
   * @throws UnsupportedModelException if the target cannot say how the rotary frequencies are
   *     stretched
   */
  ContainerChanges(Checkpoint source, CheckpointWriter writer) {
    this.source = source;
    this.metadata = source.metadata();
    this.target = writer.conventions(metadata.architecture());
    boolean sameContainer = source.container().equals(writer.name());
    boolean lost =
        switch (metadata.ropeScaling()) {
          case RopeScaling.None() -> false;
          case RopeScaling.Linear linear -> false;
          case RopeScaling.Llama3 llama3 -> false;
          case RopeScaling.Yarn yarn -> false;
          case RopeScaling.LongRope longRope -> false;
          case RopeScaling.StoredFactors() -> !target.ropeFactorsAsTensor();
          case RopeScaling.StoredLongRope stored -> !target.ropeFactorsAsTensor();
          case RopeScaling.Other other -> !sameContainer;
        };
    if (lost) {
      throw new UnsupportedModelException(
          ErrorLocation.of(source.path()),
          "a %s file cannot say what this model's %s does"
              .formatted(writer.name(), metadata.ropeScaling()),
          "Keep the container that the model is in.");
    }
  }

  /** The hyper-parameters in the target's conventions. */
  ModelMetadata metadata() {
    ModelMetadata.Builder changed =
        metadata.toBuilder().rotaryLayout(target.rotaryLayout()).normOffset(target.normOffset());
    if (target.ropeFactorsAsTensor()) {
      changed.ropeScaling(
          switch (metadata.ropeScaling()) {
            case RopeScaling.Llama3 scaling -> new RopeScaling.StoredFactors();
            case RopeScaling.LongRope scaling ->
                new RopeScaling.StoredLongRope(scaling.originalContext(), scaling.magnitude());
            default -> metadata.ropeScaling();
          });
    }
    return changed.build();
  }

  /**
   * Tensors that the source does not have: divisors of the rotary frequencies.
   *
   * @return their numbers by kind
   * @throws MalformedModelException if they are not positive numbers, or not one per frequency
   */
  Map<Kind, float[]> newTensors() {
    boolean stored =
        source.tensors().stream()
            .flatMap(t -> t.role().stream())
            .anyMatch(r -> r.kind() == Kind.ROPE_FREQUENCIES);
    Map<Kind, float[]> tensors = new EnumMap<>(Kind.class);
    if (!target.ropeFactorsAsTensor() || stored) {
      return tensors;
    }
    if (metadata.ropeScaling() instanceof RopeScaling.Llama3 scaling) {
      tensors.put(Kind.ROPE_FREQUENCIES, factors(scaling));
    }
    if (metadata.ropeScaling() instanceof RopeScaling.LongRope scaling) {
      tensors.put(Kind.ROPE_FACTORS_LONG, factors(scaling.longFactors()));
      tensors.put(Kind.ROPE_FACTORS_SHORT, factors(scaling.shortFactors()));
    }
    return tensors;
  }

  /** What has to be added to every number of a tensor; 0 for all but some norms. */
  float normShift(StoredTensor tensor) {
    boolean norm = tensor.role().map(TensorRole::kind).filter(Kind::norm).isPresent();
    return norm ? metadata.normOffset() - target.normOffset() : 0;
  }

  private float[] factors(List<Float> stated) {
    if (stated.size() != metadata.ropeDimensions() / 2) {
      throw malformed(
          "rope scaling",
          "%d factors for %d rotated elements".formatted(stated.size(), metadata.ropeDimensions()));
    }
    float[] factors = new float[stated.size()];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = stated.get(i);
    }
    return factors;
  }

  private float[] factors(RopeScaling.Llama3 scaling) {
    requireRotaryDimensions();
    float[] factors =
        RopeFrequencies.llama3Factors(scaling, metadata.ropeDimensions(), metadata.ropeBase());
    for (float factor : factors) {
      if (!(factor > 0 && factor < Float.POSITIVE_INFINITY)) {
        throw malformed("rope scaling", scaling + " gives the factor " + factor);
      }
    }
    return factors;
  }

  /**
   * The order in which the target wants the rows of a tensor.
   *
   * @throws MalformedModelException if the tensor does not consist of whole heads
   */
  RowOrder rows(StoredTensor tensor) {
    boolean rotated =
        tensor.role().map(TensorRole::kind).filter(ContainerChanges::isRotated).isPresent();
    if (!rotated || metadata.rotaryLayout() == target.rotaryLayout()) {
      return new RowOrder.Same();
    }
    requireRotaryDimensions();
    Shape shape = tensor.info().shape();
    long rows = shape.rank() == 1 ? shape.cols() : shape.rows();
    if (rows % metadata.headDim() != 0) {
      throw malformed(
          tensor.info().name(),
          rows + " rows are no whole number of heads of " + metadata.headDim());
    }
    return target.rotaryLayout() == RotaryLayout.INTERLEAVED
        ? new RowOrder.Interleave(metadata.headDim(), metadata.ropeDimensions())
        : new RowOrder.Split(metadata.headDim(), metadata.ropeDimensions());
  }

  private static boolean isRotated(Kind kind) {
    return kind == Kind.ATTENTION_QUERY || kind == Kind.ATTENTION_KEY;
  }

  private void requireRotaryDimensions() {
    int rotated = metadata.ropeDimensions();
    if (rotated < 2 || rotated % 2 != 0 || rotated > metadata.headDim()) {
      throw malformed(
          "rope dimensions", rotated + " rotated elements in heads of " + metadata.headDim());
    }
  }

  /** The place of a tensor in the source, for errors. */
  ErrorLocation where(StoredTensor tensor) {
    return ErrorLocation.of(source.path(), tensor.info().name());
  }

  MalformedModelException malformed(String subject, String reason) {
    return new MalformedModelException(
        ErrorLocation.of(source.path(), subject), reason, "Get the model again from its source.");
  }
}
