package io.quant4j.kernels.vector;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AddKernel;
import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.Availability;
import io.quant4j.api.spi.GeGluKernel;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.RmsNormKernel;
import io.quant4j.api.spi.RotaryKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.spi.SwiGluKernel;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.kernels.vector.lanes.Width;
import io.quant4j.kernels.vector.machine.MachineCode;
import io.quant4j.kernels.vector.machine.encode.MachineEncoders;
import io.quant4j.kernels.vector.machine.fixed.FixedProducts;
import io.quant4j.kernels.vector.machine.integer.IntegerProducts;
import io.quant4j.kernels.vector.machine.op.MachineAdd;
import io.quant4j.kernels.vector.machine.op.MachineAttention;
import io.quant4j.kernels.vector.machine.op.MachineRmsNorm;
import io.quant4j.kernels.vector.machine.op.MachineRotary;
import io.quant4j.kernels.vector.machine.op.MachineSwiGlu;
import io.quant4j.kernels.vector.machine.product.MachineProducts;
import io.quant4j.kernels.vector.op.VectorAdd;
import io.quant4j.kernels.vector.op.VectorAttention;
import io.quant4j.kernels.vector.op.VectorGeGlu;
import io.quant4j.kernels.vector.op.VectorRmsNorm;
import io.quant4j.kernels.vector.op.VectorRotaryHalfSplit;
import io.quant4j.kernels.vector.op.VectorRotaryInterleaved;
import io.quant4j.kernels.vector.op.VectorSwiGlu;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What the backend offers; products and encoders are listed in classes of their own. */
final class VectorKernels implements HostKernels {
  private static final Map<FormatId, MatMulKernel> MAT_MULS = new ConcurrentHashMap<>();
  private static final Map<FormatId, RowEncoder> ENCODERS = new ConcurrentHashMap<>();

  /** Made where machine code can be used, when it is first needed. */
  private static final class MachineKernels {
    static final MachineProducts PRODUCTS = new MachineProducts();

    private MachineKernels() {}
  }

  /** The same for encoders. */
  private static final class MachineCoders {
    static final MachineEncoders ENCODERS = new MachineEncoders();

    private MachineCoders() {}
  }

  /** The same for products in fixed point. */
  private static final class FixedKernels {
    static final FixedProducts PRODUCTS = new FixedProducts();

    private FixedKernels() {}
  }

  /** The same for products in integers. */
  private static final class IntegerKernels {
    static final IntegerProducts PRODUCTS = new IntegerProducts();

    private IntegerKernels() {}
  }

  private VectorKernels() {}

  static Availability availability() {
    return new Availability.Usable(
        Width.BITS
            + "-bit vectors, "
            + switch (MachineCode.availability()) {
              case Availability.Usable(String instructions) -> "machine code " + instructions;
              case Availability.Unusable(String reason, String remedy) -> without(reason, remedy);
              case Availability.Absent(String reason, String remedy) -> without(reason, remedy);
            });
  }

  private static String without(String reason, String remedy) {
    return "no machine code: " + reason + ". " + remedy;
  }

  static KernelSet open() {
    return new KernelSet.OnHost(new VectorKernels());
  }

  @Override
  public Optional<MatMulKernel> matMul(FormatId weights) {
    MatMulKernel kernel = MAT_MULS.computeIfAbsent(weights, VectorProducts::of);
    if (kernel == null || !MachineCode.isUsable()) {
      return Optional.ofNullable(kernel);
    }
    return MachineKernels.PRODUCTS.matMul(weights, kernel).or(() -> Optional.of(kernel));
  }

  @Override
  public List<PreparedMatMul> preparedMatMuls(FormatId weights) {
    if (!MachineCode.multipliesWords()) {
      return List.of();
    }
    return Stream.of(
            IntegerKernels.PRODUCTS.matMul(weights),
            FixedKernels.PRODUCTS.matMul(weights, decoder(weights)))
        .flatMap(Optional::stream)
        .toList();
  }

  /**
   * The products decode as they go; each kernel does so by itself too. Without machine code F16 is
   * left to the format: the JDK's own conversion is an instruction of the processor.
   */
  @Override
  public Optional<RowDecoder> decoder(FormatId format) {
    MatMulKernel kernel = MAT_MULS.computeIfAbsent(format, VectorProducts::of);
    if (kernel == null || (format.equals(FormatId.F16) && !MachineCode.isUsable())) {
      return Optional.empty();
    }
    RowDecoder vector = (RowDecoder) kernel;
    return MachineCode.isUsable()
        ? MachineKernels.PRODUCTS.decoder(format, vector).or(() -> Optional.of(vector))
        : Optional.of(vector);
  }

  @Override
  public Optional<RowEncoder> encoder(FormatId format) {
    Optional<RowEncoder> vector =
        Optional.ofNullable(ENCODERS.computeIfAbsent(format, VectorEncoders::of));
    return MachineCode.isUsable()
        ? MachineCoders.ENCODERS.encoder(format).or(() -> vector)
        : vector;
  }

  @Override
  public Optional<RmsNormKernel> rmsNorm() {
    RmsNormKernel vector = new VectorRmsNorm();
    return Optional.of(MachineCode.isUsable() ? new MachineRmsNorm(vector) : vector);
  }

  @Override
  public Optional<RotaryKernel> rotary(RotaryLayout layout) {
    boolean machine = MachineCode.isUsable();
    return Optional.of(
        switch (layout) {
          case INTERLEAVED -> {
            RotaryKernel vector = new VectorRotaryInterleaved();
            yield machine ? MachineRotary.interleaved(vector) : vector;
          }
          case HALF_SPLIT -> {
            RotaryKernel vector = new VectorRotaryHalfSplit();
            yield machine ? MachineRotary.halfSplit(vector) : vector;
          }
        });
  }

  @Override
  public Optional<AttentionKernel> attention() {
    AttentionKernel vector = new VectorAttention();
    return Optional.of(MachineCode.isUsable() ? new MachineAttention(vector) : vector);
  }

  @Override
  public Optional<AttentionKernel> cappedAttention() {
    return Optional.of(new VectorAttention());
  }

  @Override
  public Optional<SwiGluKernel> swiGlu() {
    SwiGluKernel vector = new VectorSwiGlu();
    return Optional.of(MachineCode.isUsable() ? new MachineSwiGlu(vector) : vector);
  }

  @Override
  public Optional<GeGluKernel> geGlu() {
    return Optional.of(new VectorGeGlu());
  }

  @Override
  public Optional<AddKernel> add() {
    AddKernel vector = new VectorAdd();
    return Optional.of(MachineCode.isUsable() ? new MachineAdd(vector) : vector);
  }
}
