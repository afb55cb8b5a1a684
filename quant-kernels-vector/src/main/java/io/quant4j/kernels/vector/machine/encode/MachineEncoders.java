package io.quant4j.kernels.vector.machine.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.format.Q2_K;
import io.quant4j.core.format.Q4_K;
import io.quant4j.core.format.Q5_K;
import io.quant4j.kernels.vector.machine.encode.AffineEncoder.Fields;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The formats whose encoders are machine code. A new one is a line here. */
public final class MachineEncoders {
  private static final Map<FormatId, Supplier<RowEncoder>> ENTRIES =
      Map.of(
          new FormatId("Q2_K"), MachineEncoders::ofQ2_K,
          new FormatId("Q3_K"), MachineQ3_KEncoder::new,
          new FormatId("Q4_K"), MachineEncoders::ofQ4_K,
          new FormatId("Q5_K"), MachineEncoders::ofQ5_K,
          new FormatId("Q6_K"), MachineQ6_KEncoder::new);

  private final Map<FormatId, RowEncoder> encoders = new ConcurrentHashMap<>();

  /** Only where {@link io.quant4j.kernels.vector.machine.MachineCode} is usable. */
  public MachineEncoders() {}

  /** The encoder of a format; its code is made when it is first asked for. */
  public Optional<RowEncoder> encoder(FormatId format) {
    Supplier<RowEncoder> entry = ENTRIES.get(format);
    return entry == null
        ? Optional.empty()
        : Optional.of(encoders.computeIfAbsent(format, f -> entry.get()));
  }

  private static RowEncoder ofQ2_K() {
    Fields fields =
        new Fields(
            Q2_K.D_OFFSET,
            Q2_K.DMIN_OFFSET,
            (choice, target, block) -> choice.putPairs(target, block + Q2_K.SCALES_OFFSET),
            List.of(new CodesCode.Plane(Q2_K.QS_OFFSET, 0, 2, 32)));
    return new AffineEncoder(new Q2_K(), Q2_K.RULE, fields);
  }

  private static RowEncoder ofQ4_K() {
    Fields fields =
        new Fields(
            Q4_K.D_OFFSET,
            Q4_K.DMIN_OFFSET,
            (choice, target, block) -> choice.putSixBits(target, block + Q4_K.SCALES_OFFSET),
            List.of(new CodesCode.Plane(Q4_K.QS_OFFSET, 0, 4, Q4_K.GROUP_ELEMENTS)));
    return new AffineEncoder(new Q4_K(), Q4_K.RULE, fields);
  }

  private static RowEncoder ofQ5_K() {
    Fields fields =
        new Fields(
            Q5_K.D_OFFSET,
            Q5_K.DMIN_OFFSET,
            (choice, target, block) -> choice.putSixBits(target, block + Q5_K.SCALES_OFFSET),
            List.of(
                new CodesCode.Plane(Q5_K.QS_OFFSET, 0, 4, Q5_K.GROUP_ELEMENTS),
                new CodesCode.Plane(Q5_K.QH_OFFSET, 4, 1, Q5_K.GROUP_ELEMENTS)));
    return new AffineEncoder(new Q5_K(), Q5_K.RULE, fields);
  }
}
