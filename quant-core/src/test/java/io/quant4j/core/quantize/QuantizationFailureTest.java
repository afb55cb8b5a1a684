package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.Progress;
import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.OperationCancelledException;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.core.discovery.Extensions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizationFailureTest {
  private final MemoryWriter writer = new MemoryWriter();

  private static BlockFormat format(FormatId id) {
    return Extensions.installed().findFormat(id).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"F32, Q8_0", "F32, F16", "BF16, BF16", "BF16, Q4_K", "F16, F32"})
  void run_ofInfinity_namesTensorAndRow(String from, String to) {
    Shape shape = Shape.of(1100, 512);
    float[] values = MemoryCheckpoint.random(3, shape);
    values[1003 * 512 + 5] = Float.POSITIVE_INFINITY;
    values[1050 * 512] = Float.NaN;
    byte[] bytes = new byte[(int) format(new FormatId(from)).byteSize(values.length)];
    format(new FormatId(from))
        .encode(values, 0, values.length, null, MemorySegment.ofArray(bytes), 0);
    MemoryCheckpoint source =
        new MemoryCheckpoint(Models.HUGGING_FACE, Models.small())
            .add(
                "lm_head",
                Optional.of(TensorRole.weight(TensorRole.Kind.OUTPUT)),
                new FormatId(from),
                shape,
                MemorySegment.ofArray(bytes));
    Requests request =
        Requests.of(
                QuantizationRecipe.of("Q8_0").with(Requests.override("output", new FormatId(to))))
            .threads(3);

    assertThatThrownBy(() -> request.run(source, writer))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("row 1003 ")
        .hasMessageContaining("lm_head");
    assertThat(writer.output().committed).isFalse();
    assertThat(writer.output().closed).isTrue();
  }

  @Test
  void run_ofNumbersBeyondTheFormat_saysWhatHoldsThem() {
    Shape shape = Shape.of(4, 256);
    float[] values = MemoryCheckpoint.random(3, shape);
    values[2 * 256 + 7] = 1e6f;

    assertThatThrownBy(() -> Requests.of("F16").run(Models.output(shape, values), writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("row 2 of the tensor has numbers too large for F16")
        .hasMessageContaining("BF16");
  }

  @Test
  void run_ofTooFewBytes_isMalformed() {
    MemoryCheckpoint source =
        new MemoryCheckpoint(Models.HUGGING_FACE, Models.small())
            .add(
                "lm_head",
                Optional.of(TensorRole.weight(TensorRole.Kind.OUTPUT)),
                FormatId.F16,
                Shape.of(4, 256),
                MemorySegment.ofArray(new byte[2 * 4 * 256 - 1]));

    assertThatThrownBy(() -> Requests.of("Q8_0").run(source, writer))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("lm_head")
        .hasMessageContaining("2047 bytes");
    assertThat(writer.output).isNull();
  }

  @Test
  void run_cancelledByTheListener_leavesNothing() {
    Requests base = Requests.of("Q8_0").threads(2);
    List<Progress> heard = new ArrayList<>();
    Requests request =
        base.listener(p -> {
          heard.add(p);
          base.cancellation().cancel();
        });

    assertThatThrownBy(() -> request.run(Models.large(), writer))
        .isInstanceOf(OperationCancelledException.class);
    assertThat(heard).hasSizeBetween(1, 2); // the other thread may be finishing a chunk
    assertThat(heard.getLast().fraction()).isLessThan(1);
    assertThat(writer.output().committed).isFalse();
    assertThat(writer.output().closed).isTrue();
  }

  @Test
  void run_cancelledAtTheVeryEnd_leavesNothing() {
    Requests base = Requests.of("Q8_0");
    Requests request =
        base.listener(p -> {
          if (p.done() == p.total()) {
            base.cancellation().cancel();
          }
        });

    assertThatThrownBy(() -> request.run(Models.small(FormatId.F32), writer))
        .isInstanceOf(OperationCancelledException.class);
    assertThat(writer.output().committed).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void run_withAThrowingListener_throwsWhatItThrew(int threads) {
    Requests request =
        Requests.of("Q8_0")
            .threads(threads)
            .listener(p -> {
              throw new IllegalStateException("enough");
            });

    assertThatThrownBy(() -> request.run(Models.large(), writer))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");
    assertThat(writer.output().closed).isTrue();
    assertThat(writer.output().committed).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void run_withAThrowingEncoder_throwsWhatItThrew(int threads) {
    HostKernels kernels =
        new HostKernels() {
          @Override
          public Optional<RowEncoder> encoder(FormatId format) {
            return Optional.of((row, at, cols, importance, target, offset) -> {
              throw new ArithmeticException("encoder");
            });
          }
        };

    assertThatThrownBy(
            () -> Requests.of("Q8_0").threads(threads).kernels(kernels).run(Models.large(), writer))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("encoder");
    assertThat(writer.output().closed).isTrue();
  }
}
