package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link HostKernels} must keep: every operation that they offer is held against the same
 * formula in double precision, with limits from {@link KernelBudget}.
 *
 * <p>The rule for NaN and infinity: a result into which one goes is not finite (an infinity may
 * come out as NaN and the other way round), and no other result changes.
 */
public abstract class HostKernelsContract extends MatMulContract {
  /**
   * What must be offered, in the words of {@link #everything}; empty by default. Other operations
   * are tested if they are there.
   */
  protected Set<String> required() {
    return Set.of();
  }

  /** All operations: "attention" and the like, and for every format "matMul Q4_0" and the like. */
  protected final Set<String> everything() {
    Set<String> names =
        new TreeSet<>(List.of("rmsNorm", "attention", "cappedAttention", "swiGlu", "geGlu", "add"));
    for (RotaryLayout layout : RotaryLayout.values()) {
      names.add("rotary " + layout);
    }
    for (BlockFormat format : formats()) {
      for (String operation : List.of("matMul ", "decode ", "encode ")) {
        names.add(operation + format.id().name());
      }
    }
    return names;
  }

  private Set<String> offered() {
    HostKernels kernels = kernels();
    Set<String> names = new TreeSet<>();
    kernels.rmsNorm().ifPresent(k -> names.add("rmsNorm"));
    kernels.attention().ifPresent(k -> names.add("attention"));
    kernels.cappedAttention().ifPresent(k -> names.add("cappedAttention"));
    kernels.swiGlu().ifPresent(k -> names.add("swiGlu"));
    kernels.geGlu().ifPresent(k -> names.add("geGlu"));
    kernels.add().ifPresent(k -> names.add("add"));
    for (RotaryLayout layout : RotaryLayout.values()) {
      kernels.rotary(layout).ifPresent(k -> names.add("rotary " + layout));
    }
    for (BlockFormat format : formats()) {
      String name = format.id().name();
      kernels.matMul(format.id()).ifPresent(k -> names.add("matMul " + name));
      kernels.decoder(format.id()).ifPresent(k -> names.add("decode " + name));
      kernels.encoder(format.id()).ifPresent(k -> names.add("encode " + name));
    }
    return names;
  }

  @Test
  void requiredOperations_areOffered() {
    assertThat(formats()).isNotEmpty();
    assertThat(everything()).containsAll(required());
    assertThat(offered()).containsAll(required());
  }

  final Stream<Named<BlockFormat>> decoded() {
    return named(formats().stream().filter(f -> kernels().decoder(f.id()).isPresent()));
  }

  final Stream<Named<BlockFormat>> encoded() {
    return named(formats().stream().filter(f -> kernels().encoder(f.id()).isPresent()));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("decoded")
  void decoder_givesTheBitsOfTheFormat(BlockFormat format) {
    new CodecTrial(format).checkDecoder(kernels().decoder(format.id()).orElseThrow());
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("encoded")
  void encoder_givesTheBytesOfTheFormat(BlockFormat format) {
    new CodecTrial(format).checkEncoder(kernels().encoder(format.id()).orElseThrow());
  }

  @Test
  void rmsNorm_isWithinBudgetAndInItsPlace() {
    kernels().rmsNorm().ifPresent(RowOperations::checkRmsNorm);
  }

  @ParameterizedTest
  @EnumSource
  void rotary_isWithinBudgetAndInItsPlace(RotaryLayout layout) {
    kernels().rotary(layout).ifPresent(kernel -> RowOperations.checkRotary(kernel, layout));
  }

  @Test
  void swiGlu_isWithinBudgetAndTheSameInEveryPlace() {
    kernels().swiGlu().ifPresent(RowOperations::checkSwiGlu);
  }

  @Test
  void geGlu_isWithinBudgetAndTheSameInEveryPlace() {
    kernels().geGlu().ifPresent(GeGluTrial::check);
  }

  @Test
  void add_isExact() {
    kernels().add().ifPresent(RowOperations::checkAdd);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 32, 64, 80, 128})
  void attention_isWithinBudget(int headDim) {
    kernels().attention().ifPresent(kernel -> AttentionTrial.checkAll(kernel, headDim));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 80})
  void attention_inSeveralCalls_givesTheSame(int headDim) {
    AttentionShape shape = new AttentionShape(6, 3, headDim, 0.2f);
    AttentionTrial trial = AttentionTrial.random(shape, 61, 6);
    kernels()
        .attention()
        .ifPresent(kernel -> {
          float[] expected = trial.attend(kernel);
          int[] one = IntStream.rangeClosed(0, 6).toArray();
          assertThat(trial.attend(kernel, one)).isEqualTo(expected);
          assertThat(trial.attend(kernel, 0, 2, 2, 5, 6)).isEqualTo(expected);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 32, 80})
  void cappedAttention_isWithinBudget(int headDim) {
    kernels().cappedAttention().ifPresent(kernel -> AttentionTrial.checkCapped(kernel, headDim));
  }

  @Test
  void attention_withNonFiniteNumbers_spoilsThoseWhoReadThem() {
    kernels().attention().ifPresent(AttentionTrial::checkNonFinite);
  }
}
