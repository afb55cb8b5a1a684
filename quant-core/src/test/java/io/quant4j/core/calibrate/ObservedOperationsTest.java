package io.quant4j.core.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.ExpertChoice;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.kernel.HostOperations;
import io.quant4j.core.kernel.ScalarBackend;
import io.quant4j.core.kernel.ThreadTeam;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sums against plain loops over the same activations. */
class ObservedOperationsTest {
  private static final int COLS = 70;
  private static final TensorRole UP = TensorRole.weight(Kind.FEED_FORWARD_UP, 3);
  private static final TensorRole FUSED = TensorRole.weight(Kind.ATTENTION_QUERY_KEY_VALUE, 0);
  private static final TensorRole STACK = TensorRole.weight(Kind.EXPERT_UP, 1);
  private static final TensorRole OUTPUT = TensorRole.weight(Kind.OUTPUT);

  private final ThreadTeam team = new ThreadTeam(3);
  private final HostOperations host = new HostOperations(ScalarBackend.kernels(), team);
  private final SplittableRandom random = new SplittableRandom(7);

  @AfterEach
  void endThreads() {
    team.close();
  }

  /** Zeros of the shapes that are asked for. */
  private static final class Zeros implements WeightSource {
    private final Map<TensorRole, TensorView> views = new HashMap<>();

    Zeros with(TensorRole role, Shape shape) {
      MemorySegment data = MemorySegment.ofArray(new float[(int) shape.elements()]);
      views.put(role, new TensorView(FormatId.F32, shape, data));
      return this;
    }

    @Override
    public Optional<TensorView> find(TensorRole role) {
      return Optional.ofNullable(views.get(role));
    }

    @Override
    public TensorView require(TensorRole role) {
      return find(role).orElseThrow();
    }
  }

  /** Operations over weights of these shapes, and where their sums go. */
  private record Observed(NamedWeights weights, ObservedOperations ops, ImportanceSums sums) {
    Weight bind(TensorRole role) {
      return ops.bind(weights.require(role));
    }

    SortedMap<String, Entry> entries() {
      return sums.entries();
    }

    Entry entry(TensorRole role) {
      return Objects.requireNonNull(entries().get(name(role)), name(role));
    }
  }

  private static String name(TensorRole role) {
    return switch (role.kind()) {
      case OUTPUT -> "output.weight";
      case TOKEN_EMBEDDING -> "token_embd.weight";
      default -> "blk." + role.layer() + "." + role.kind();
    };
  }

  private Observed observed(boolean withOutput, Zeros zeros) {
    NamedWeights weights = new NamedWeights(zeros);
    ImportanceSums sums = new ImportanceSums(ObservedOperationsTest::name, withOutput);
    return new Observed(weights, new ObservedOperations(host, team, weights, sums), sums);
  }

  private float[] randomRows(int rows) {
    float[] values = new float[rows * COLS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() * 4 - 2);
    }
    return values;
  }

  private static double squares(float[] x, int col) {
    double sum = 0;
    for (int i = col; i < x.length; i += COLS) {
      sum += (double) x[i] * x[i];
    }
    return sum;
  }

  @Test
  void product_addsSquaresOfEveryColumn() {
    Observed o = observed(false, new Zeros().with(UP, Shape.of(5, COLS)));
    Weight weight = o.bind(UP);
    float[] first = randomRows(3);
    float[] second = randomRows(2_000);
    o.ops().matMul(weight, o.ops().load(first), 3, o.ops().newMemory().allocate(15));
    o.ops().matMul(weight, o.ops().load(second), 2_000, o.ops().newMemory().allocate(10_000));

    Entry entry = o.entry(UP);
    assertThat(entry.counts()).containsExactly(2_003);
    assertThat(entry.cols()).isEqualTo(COLS);
    for (int col = 0; col < COLS; col++) {
      assertThat(entry.sums()[col])
          .isEqualTo((float) (squares(first, col) + squares(second, col)), withinUlp(entry, col));
    }
  }

  private static Offset<Float> withinUlp(Entry entry, int col) {
    return Offset.offset(Math.ulp(entry.sums()[col]));
  }

  @Test
  void part_ofABatchBuffer_isReadFromItsBeginning() {
    Observed o = observed(false, new Zeros().with(UP, Shape.of(5, COLS)));
    Weight weight = o.bind(UP);
    float[] x = randomRows(6);
    Buffer last = o.ops().load(x).slice(4 * COLS, 2 * COLS);
    o.ops().matMul(weight, last, 2, o.ops().newMemory().allocate(10));

    double expected = (double) x[4 * COLS] * x[4 * COLS] + (double) x[5 * COLS] * x[5 * COLS];
    assertThat(o.entry(UP).sums()[0]).isEqualTo((float) expected);
  }

  @Test
  void fusedMatrix_countsOnce() {
    Observed o = observed(false, new Zeros().with(FUSED, Shape.of(9, COLS)));
    TensorView fused = o.weights().require(FUSED);
    Buffer x = o.ops().load(randomRows(4));
    for (int part = 0; part < 3; part++) {
      Weight third = o.ops().bind(fused.rows(3 * part, 3));
      o.ops().matMul(third, x, 4, o.ops().newMemory().allocate(12));
    }

    assertThat(o.entries()).containsOnlyKeys(name(FUSED));
    assertThat(o.entry(FUSED).counts()).containsExactly(4);
  }

  @Test
  void output_isObservedOnRequest() {
    Zeros zeros =
        new Zeros()
            .with(OUTPUT, Shape.of(5, COLS))
            .with(TensorRole.weight(Kind.TOKEN_EMBEDDING), Shape.of(5, COLS));
    for (boolean wanted : new boolean[] {false, true}) {
      Observed o = observed(wanted, zeros);
      Weight embedding = o.bind(TensorRole.weight(Kind.TOKEN_EMBEDDING));
      o.ops()
          .matMul(o.bind(OUTPUT), o.ops().load(randomRows(2)), 2, o.ops().newMemory().allocate(10));
      o.ops().matMul(embedding, o.ops().load(randomRows(2)), 2, o.ops().newMemory().allocate(10));

      assertThat(o.entries().keySet().stream().toList())
          .isEqualTo(wanted ? List.of("output.weight") : List.of());
    }
  }

  @Test
  void experts_haveSumsAndCountsOfTheirOwn() {
    assertExperts(1);
    assertExperts(2);
  }

  /**
   * @param rowsPerToken 1 if the experts of a token see the same row, 2 if each has its own
   */
  private void assertExperts(int rowsPerToken) {
    int experts = 4;
    int tokens = 500;
    Observed o = observed(false, new Zeros().with(STACK, Shape.of(experts, 5, COLS)));
    Weight stack = o.ops().bindExperts(o.weights().experts(STACK));
    float[] scores = new float[tokens * experts];
    for (int i = 0; i < scores.length; i++) {
      // The last expert is never among the best two.
      scores[i] = i % experts == experts - 1 ? -9 : (float) random.nextDouble();
    }
    ExpertChoice choice = o.ops().chooseExperts(o.ops().load(scores), 2, true, tokens);
    float[] x = randomRows(tokens * rowsPerToken);
    o.ops()
        .matMulExperts(
            stack, choice, o.ops().load(x), o.ops().newMemory().allocate(tokens * 2L * 5));

    double[] sums = new double[experts * COLS];
    float[] counts = new float[experts];
    int[] chosen = choice.experts();
    for (int i = 0; i < chosen.length; i++) {
      counts[chosen[i]]++;
      int row = rowsPerToken == 1 ? i / 2 : i;
      for (int col = 0; col < COLS; col++) {
        sums[chosen[i] * COLS + col] += (double) x[row * COLS + col] * x[row * COLS + col];
      }
    }
    Entry entry = o.entry(STACK);
    assertThat(entry.counts()).containsExactly(counts);
    assertThat(counts[experts - 1]).isZero();
    for (int i = 0; i < sums.length; i++) {
      assertThat(entry.sums()[i]).isEqualTo((float) sums[i]);
    }
  }
}
