package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.Progress;
import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizationReport.TensorReport;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.core.discovery.Extensions;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizationRunTest {
  private final MemoryWriter writer = new MemoryWriter();

  private static BlockFormat format(FormatId id) {
    return Extensions.installed().findFormat(id).orElseThrow();
  }

  private static float[] decoded(FormatId id, byte[] bytes) {
    BlockFormat f = format(id);
    float[] values = new float[bytes.length / f.blockBytes() * f.blockElements()];
    f.decode(MemorySegment.ofArray(bytes), 0, values, 0, values.length);
    return values;
  }

  /** The bytes of some elements, by the format's own rule. */
  private static byte[] stored(FormatId id, Shape shape, float[] values) {
    return MemoryCheckpoint.stored(id, shape, values).toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void run_writesEachRowByTheFormatsOwnRule() {
    Shape shape = Shape.of(37, 512);
    float[] values = MemoryCheckpoint.random(11, shape);

    QuantizationReport report =
        Requests.of(
                QuantizationRecipe.of("Q4_K_M").with(Requests.override("output", FormatId.Q4_K)))
            .run(Models.output(shape, values), writer);

    byte[] expected = stored(FormatId.Q4_K, shape, values);
    assertThat(writer.output().bytes.getFirst()).isEqualTo(expected);
    assertThat(writer.output().committed).isTrue();
    assertThat(writer.output().closed).isTrue();
    assertThat(report.fileBytes()).isEqualTo(expected.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 40})
  void run_withMoreThreads_writesTheSameBytesAndReportsTheSame(int threads) {
    MemoryWriter alone = new MemoryWriter();
    QuantizationReport reference = Requests.of("Q4_K_M").run(Models.large(), alone);

    QuantizationReport report = Requests.of("Q4_K_M").threads(threads).run(Models.large(), writer);

    assertThat(writer.output().contents).isEqualTo(alone.output().contents);
    for (int i = 0; i < reference.tensors().size(); i++) {
      TensorReport before = reference.tensors().get(i);
      TensorReport now = report.tensors().get(i);
      assertThat(writer.output().bytes.get(i))
          .as(before.name())
          .isEqualTo(alone.output().bytes.get(i));
      assertThat(now.rmse()).as(before.name()).isEqualTo(before.rmse());
    }
    assertThat(report.rmse()).isPositive().isEqualTo(reference.rmse());
  }

  @Test
  void report_holdsWhatBecameOfEachTensor() {
    QuantizationReport report = Requests.of("Q4_K_M").run(Models.small(FormatId.BF16), writer);

    assertThat(report.fileType()).isEqualTo("Q4_K_M");
    assertThat(report.tensors()).hasSize(20);
    TensorReport embedding = report.tensors().get(1);
    assertThat(embedding.name()).isEqualTo("token_embd.weight");
    assertThat(embedding.shape()).isEqualTo(Shape.of(300, 256));
    assertThat(embedding.sourceFormat()).isEqualTo(FormatId.BF16);
    assertThat(embedding.targetFormat()).isEqualTo(FormatId.Q6_K);
    assertThat(embedding.sourceBytes()).isEqualTo(300 * 256 * 2);
    assertThat(embedding.targetBytes()).isEqualTo(300 * 210);
    assertThat(embedding.fallback()).isFalse();
    assertThat(embedding.cpuTime()).isPositive();
    float[] before = MemoryCheckpoint.random(19, embedding.shape());
    assertThat(embedding.rmse())
        .isCloseTo(
            rmse(before, decoded(FormatId.Q6_K, writer.written("token_embd.weight"))),
            within(2e-5)); // the source is rounded to BF16
    assertThat(report.tensors().getFirst().rmse()).as("a norm made F32").isZero();
    assertThat(report.fileBytes()).isEqualTo(report.targetBytes());
  }

  private static double rmse(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return Math.sqrt(sum / a.length);
  }

  @ParameterizedTest
  @CsvSource({"F32, F16", "F32, BF16", "BF16, F32", "F16, F32", "F16, Q8_0", "BF16, Q4_0"})
  void run_betweenFormats_givesTheValuesOfARoundTrip(String from, String to) {
    Shape shape = Shape.of(70, 4096); // several chunks, the last one shorter
    float[] values = MemoryCheckpoint.random(5, shape);
    MemoryCheckpoint source = Models.output(Models.HUGGING_FACE, new FormatId(from), shape, values);

    Requests.of(QuantizationRecipe.of(to).with(Requests.override("output", new FormatId(to))))
        .threads(2)
        .run(source, writer);

    float[] rounded = decoded(new FormatId(from), stored(new FormatId(from), shape, values));
    byte[] expected = stored(new FormatId(to), shape, rounded);
    assertThat(writer.output().bytes.getFirst()).isEqualTo(expected);
  }

  @Test
  void run_toTheSameFormat_copies() {
    Shape shape = Shape.of(9000, 64);
    float[] values = MemoryCheckpoint.random(6, shape);
    MemoryCheckpoint source = Models.output(MemoryWriter.NAME, FormatId.Q8_0, shape, values);

    QuantizationReport report = Requests.of("Q8_0").threads(2).run(source, writer);

    assertThat(writer.output().bytes.getFirst()).isEqualTo(stored(FormatId.Q8_0, shape, values));
    assertThat(report.tensors().getFirst().rmse()).isZero();
  }

  @Test
  void run_ofAFormatNotInstalled_copiesItsBytes() {
    byte[] bytes = new byte[3_000_001];
    new SplittableRandom(8).nextBytes(bytes);
    MemoryCheckpoint source = new MemoryCheckpoint(MemoryWriter.NAME, Models.small());
    source.add(
        "table.weight",
        Optional.empty(),
        new FormatId("Q9_Z"),
        Shape.of(bytes.length),
        MemorySegment.ofArray(bytes));

    Requests.of("Q8_0").run(source, writer);

    assertThat(writer.output().bytes.getFirst()).isEqualTo(bytes);
  }

  @Test
  void run_requantizing_decodesAndEncodes() {
    Shape shape = Shape.of(3, 256);
    MemoryCheckpoint source =
        Models.output(MemoryWriter.NAME, FormatId.Q8_0, shape, MemoryCheckpoint.random(9, shape));

    Requests.of("Q4_K_M").requantize().run(source, writer);

    float[] rounded =
        decoded(FormatId.Q8_0, stored(FormatId.Q8_0, shape, MemoryCheckpoint.random(9, shape)));
    assertThat(writer.output().bytes.getFirst()).isEqualTo(stored(FormatId.Q6_K, shape, rounded));
  }

  @Test
  void run_ofOddShapes_works() {
    MemoryCheckpoint source = new MemoryCheckpoint(MemoryWriter.NAME, Models.small());
    Shape stack = Shape.of(3, 5, 256);
    float[] experts = MemoryCheckpoint.random(4, stack);
    source.add("blk.0.ffn_up_exps.weight", Optional.empty(), FormatId.F32, stack, experts);
    source.add("none.weight", Optional.empty(), FormatId.F32, Shape.of(0, 256), new float[0]);
    source.add(
        "empty.weight",
        Optional.empty(),
        FormatId.F32,
        Shape.of(4, 0),
        MemorySegment.ofArray(new byte[0]));
    source.add("fewer.weight", Optional.empty(), FormatId.Q8_0, Shape.of(0, 256), new float[0]);
    source.add("scalar", Optional.empty(), FormatId.F32, Shape.of(), new float[] {3});
    source.add("vector", Optional.empty(), FormatId.F16, Shape.of(3), new float[] {1, 2, 3});

    Requests.of("Q6_K").threads(3).requantize().run(source, writer);

    assertThat(writer.written("blk.0.ffn_up_exps.weight"))
        .isEqualTo(stored(FormatId.Q6_K, stack, experts));
    assertThat(writer.written("none.weight")).isEmpty();
    assertThat(writer.written("fewer.weight")).isEmpty();
    assertThat(writer.written("scalar")).hasSize(4);
    assertThat(writer.written("vector")).hasSize(6);
  }

  @Test
  void run_withFasterKernels_usesThem() {
    AtomicInteger rows = new AtomicInteger();
    AtomicInteger decodings = new AtomicInteger();
    HostKernels kernels =
        new HostKernels() {
          @Override
          public Optional<RowEncoder> encoder(FormatId format) {
            return Optional.of((row, at, cols, importance, target, offset) -> {
              rows.incrementAndGet();
              format(format).encode(row, at, cols, importance, target, offset);
            });
          }

          @Override
          public Optional<RowDecoder> decoder(FormatId format) {
            return Optional.of((data, offset, target, at, elements) -> {
              decodings.incrementAndGet();
              format(format).decode(data, offset, target, at, elements);
            });
          }
        };
    Shape shape = Shape.of(30, 256);

    Requests.of("Q8_0")
        .kernels(kernels)
        .run(Models.output(shape, MemoryCheckpoint.random(1, shape)), writer);

    assertThat(rows).hasValue(30);
    assertThat(decodings).hasValue(2); // the chunk, and again to measure the error
  }

  @Test
  void progress_growsToTheTotalInOneThreadAtATime() {
    List<Progress> heard = new ArrayList<>();
    AtomicBoolean inside = new AtomicBoolean();
    MemoryCheckpoint source = Models.large();

    Requests.of("Q4_K_M")
        .threads(3)
        .listener(p -> {
          assertThat(inside.getAndSet(true)).isFalse();
          heard.add(p);
          inside.set(false);
        })
        .run(source, writer);

    long bytes = source.tensors().stream().mapToLong(t -> t.info().byteSize()).sum();
    assertThat(heard).hasSizeGreaterThan(1);
    assertThat(heard).allSatisfy(p -> assertThat(p.total()).isEqualTo(bytes));
    assertThat(heard).extracting(Progress::done).isSorted();
    assertThat(heard.getLast().fraction()).isEqualTo(1);
    assertThat(heard).allSatisfy(p -> assertThat(p.phase()).isEqualTo("quantize"));
    assertThat(heard.getLast().item()).isEqualTo("blk.0.ffn_up.weight");
  }
}
