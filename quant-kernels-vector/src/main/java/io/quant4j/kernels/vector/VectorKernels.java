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
import io.quant4j.core.format.IQ2_S;
import io.quant4j.core.format.IQ2_XS;
import io.quant4j.core.format.IQ2_XXS;
import io.quant4j.core.format.IQ3_S;
import io.quant4j.core.format.IQ3_XXS;
import io.quant4j.kernels.vector.codebook.VectorCodebookEncoder;
import io.quant4j.kernels.vector.codebook.VectorTernaryEncoder;
import io.quant4j.kernels.vector.encode.VectorBF16Encoder;
import io.quant4j.kernels.vector.encode.VectorIQ4_NLEncoder;
import io.quant4j.kernels.vector.encode.VectorIQ4_XSEncoder;
import io.quant4j.kernels.vector.encode.VectorMXFP4Encoder;
import io.quant4j.kernels.vector.encode.VectorNVFP4Encoder;
import io.quant4j.kernels.vector.encode.VectorQ1_0Encoder;
import io.quant4j.kernels.vector.encode.VectorQ2_0Encoder;
import io.quant4j.kernels.vector.encode.VectorQ2_KEncoder;
import io.quant4j.kernels.vector.encode.VectorQ3_KEncoder;
import io.quant4j.kernels.vector.encode.VectorQ4_0Encoder;
import io.quant4j.kernels.vector.encode.VectorQ4_1Encoder;
import io.quant4j.kernels.vector.encode.VectorQ4_KEncoder;
import io.quant4j.kernels.vector.encode.VectorQ5_0Encoder;
import io.quant4j.kernels.vector.encode.VectorQ5_1Encoder;
import io.quant4j.kernels.vector.encode.VectorQ5_KEncoder;
import io.quant4j.kernels.vector.encode.VectorQ6_KEncoder;
import io.quant4j.kernels.vector.encode.VectorQ8_0Encoder;
import io.quant4j.kernels.vector.encode.VectorTQ1_0Encoder;
import io.quant4j.kernels.vector.encode.VectorTQ2_0Encoder;
import io.quant4j.kernels.vector.lanes.Lanes;
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
import io.quant4j.kernels.vector.matmul.VectorBF16;
import io.quant4j.kernels.vector.matmul.VectorF16;
import io.quant4j.kernels.vector.matmul.VectorF32;
import io.quant4j.kernels.vector.matmul.VectorIQ1_M;
import io.quant4j.kernels.vector.matmul.VectorIQ1_S;
import io.quant4j.kernels.vector.matmul.VectorIQ2_S;
import io.quant4j.kernels.vector.matmul.VectorIQ2_XS;
import io.quant4j.kernels.vector.matmul.VectorIQ2_XXS;
import io.quant4j.kernels.vector.matmul.VectorIQ3_S;
import io.quant4j.kernels.vector.matmul.VectorIQ3_XXS;
import io.quant4j.kernels.vector.matmul.VectorIQ4_NL;
import io.quant4j.kernels.vector.matmul.VectorIQ4_XS;
import io.quant4j.kernels.vector.matmul.VectorMXFP4;
import io.quant4j.kernels.vector.matmul.VectorNVFP4;
import io.quant4j.kernels.vector.matmul.VectorQ1_0;
import io.quant4j.kernels.vector.matmul.VectorQ2_0;
import io.quant4j.kernels.vector.matmul.VectorQ2_K;
import io.quant4j.kernels.vector.matmul.VectorQ3_K;
import io.quant4j.kernels.vector.matmul.VectorQ4_0;
import io.quant4j.kernels.vector.matmul.VectorQ4_1;
import io.quant4j.kernels.vector.matmul.VectorQ4_K;
import io.quant4j.kernels.vector.matmul.VectorQ5_0;
import io.quant4j.kernels.vector.matmul.VectorQ5_1;
import io.quant4j.kernels.vector.matmul.VectorQ5_K;
import io.quant4j.kernels.vector.matmul.VectorQ6_K;
import io.quant4j.kernels.vector.matmul.VectorQ8_0;
import io.quant4j.kernels.vector.matmul.VectorTQ1_0;
import io.quant4j.kernels.vector.matmul.VectorTQ2_0;
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
import java.util.stream.Stream;

/** What the backend offers. A new kernel is a line here. */
final class VectorKernels implements HostKernels {
  private static final Map<FormatId, MatMulKernel> MAT_MULS =
      Map.ofEntries(
          matMul("F32", new VectorF32()),
          matMul("F16", new VectorF16()),
          matMul("BF16", new VectorBF16()),
          matMul("Q8_0", new VectorQ8_0()),
          matMul("Q4_0", new VectorQ4_0()),
          matMul("Q4_1", new VectorQ4_1()),
          matMul("Q5_0", new VectorQ5_0()),
          matMul("Q5_1", new VectorQ5_1()),
          matMul("Q2_K", new VectorQ2_K()),
          matMul("Q3_K", new VectorQ3_K()),
          matMul("Q4_K", new VectorQ4_K()),
          matMul("Q5_K", new VectorQ5_K()),
          matMul("Q6_K", new VectorQ6_K()),
          matMul("IQ1_S", new VectorIQ1_S()),
          matMul("IQ1_M", new VectorIQ1_M()),
          matMul("IQ2_XXS", new VectorIQ2_XXS()),
          matMul("IQ2_XS", new VectorIQ2_XS()),
          matMul("IQ2_S", new VectorIQ2_S()),
          matMul("IQ3_XXS", new VectorIQ3_XXS()),
          matMul("IQ3_S", new VectorIQ3_S()),
          matMul("IQ4_NL", new VectorIQ4_NL()),
          matMul("IQ4_XS", new VectorIQ4_XS()),
          matMul("MXFP4", new VectorMXFP4()),
          matMul("NVFP4", new VectorNVFP4()),
          matMul("Q1_0", new VectorQ1_0()),
          matMul("Q2_0", new VectorQ2_0()),
          matMul("TQ1_0", new VectorTQ1_0()),
          matMul("TQ2_0", new VectorTQ2_0()));

  private static final Map<FormatId, RowEncoder> ENCODERS =
      Map.ofEntries(
          encoder("BF16", new VectorBF16Encoder()),
          encoder("Q8_0", new VectorQ8_0Encoder()),
          encoder("Q4_0", new VectorQ4_0Encoder()),
          encoder("Q4_1", new VectorQ4_1Encoder()),
          encoder("Q5_0", new VectorQ5_0Encoder()),
          encoder("Q5_1", new VectorQ5_1Encoder()),
          encoder("Q2_K", new VectorQ2_KEncoder()),
          encoder("Q3_K", new VectorQ3_KEncoder()),
          encoder("IQ1_S", VectorTernaryEncoder.ofIQ1_S()),
          encoder("IQ1_M", VectorTernaryEncoder.ofIQ1_M()),
          encoder("IQ2_XXS", new VectorCodebookEncoder(new IQ2_XXS())),
          encoder("IQ2_XS", new VectorCodebookEncoder(new IQ2_XS())),
          encoder("IQ2_S", new VectorCodebookEncoder(new IQ2_S())),
          encoder("IQ3_XXS", new VectorCodebookEncoder(new IQ3_XXS())),
          encoder("IQ3_S", new VectorCodebookEncoder(new IQ3_S())),
          encoder("Q4_K", new VectorQ4_KEncoder()),
          encoder("Q5_K", new VectorQ5_KEncoder()),
          encoder("Q6_K", new VectorQ6_KEncoder()),
          encoder("IQ4_NL", new VectorIQ4_NLEncoder()),
          encoder("IQ4_XS", new VectorIQ4_XSEncoder()),
          encoder("MXFP4", new VectorMXFP4Encoder()),
          encoder("NVFP4", new VectorNVFP4Encoder()),
          encoder("Q1_0", new VectorQ1_0Encoder()),
          encoder("Q2_0", new VectorQ2_0Encoder()),
          encoder("TQ1_0", new VectorTQ1_0Encoder()),
          encoder("TQ2_0", new VectorTQ2_0Encoder()));

  private static Map.Entry<FormatId, RowEncoder> encoder(String format, RowEncoder encoder) {
    return Map.entry(new FormatId(format), encoder);
  }

  private static Map.Entry<FormatId, MatMulKernel> matMul(String format, MatMulKernel kernel) {
    return Map.entry(new FormatId(format), kernel);
  }

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
        Lanes.BITS
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
    MatMulKernel kernel = MAT_MULS.get(weights);
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
    MatMulKernel kernel = MAT_MULS.get(format);
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
    Optional<RowEncoder> vector = Optional.ofNullable(ENCODERS.get(format));
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
