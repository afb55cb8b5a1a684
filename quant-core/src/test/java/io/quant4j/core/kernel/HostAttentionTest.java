package io.quant4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.discovery.Extensions;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention over caches of several formats, by teams of several sizes. */
class HostAttentionTest {
  private static final int CONTEXT = 2 * HostAttention.BLOCK + 100;

  private static float[] random(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /**
   * Attention of the last rows, all at once.
   *
   * @param keys (tokens, kvDim)
   * @return (batch, heads * headDim)
   */
  private static float[] attend(
      AttentionShape shape,
      FormatId format,
      float[] query,
      float[] keys,
      float[] values,
      int batch,
      int threads) {
    int tokens = keys.length / shape.kvDim();
    try (ThreadTeam team = new ThreadTeam(threads);
        HostOperations operations = new HostOperations(ScalarBackend.kernels(), team);
        SequenceMemory memory = operations.newMemory()) {
      var cache =
          memory.allocateCache(
              new CacheShape(shape.kvHeads(), shape.headDim(), tokens, format, format));
      operations.store(cache, operations.load(keys), operations.load(values), 0, tokens);
      Buffer out = memory.allocate(query.length);
      operations.attention(shape, operations.load(query), cache, tokens - batch, batch, out);
      float[] result = new float[query.length];
      operations.read(out, 0, result, 0, result.length);
      return result;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 300, 700})
  void attention_dependsNeitherOnThreadsNorOnTheBatch(int window) {
    AttentionShape shape = new AttentionShape(6, 2, 16, 0.3f, window, 0);
    int batch = 40;
    float[] query = random(1, batch * shape.queryDim());
    float[] keys = random(2, CONTEXT * shape.kvDim());
    float[] values = random(3, CONTEXT * shape.kvDim());

    float[] expected = attend(shape, FormatId.F16, query, keys, values, batch, 1);

    assertThat(attend(shape, FormatId.F16, query, keys, values, batch, 3)).isEqualTo(expected);
    for (int row : new int[] {0, 7, batch - 1}) {
      int tokens = (CONTEXT - batch + row + 1) * shape.kvDim();
      int from = row * shape.queryDim();
      int to = from + shape.queryDim();
      for (int threads : new int[] {1, 2, 9}) {
        float[] alone =
            attend(
                shape,
                FormatId.F16,
                Arrays.copyOfRange(query, from, to),
                Arrays.copyOf(keys, tokens),
                Arrays.copyOf(values, tokens),
                1,
                threads);
        assertThat(alone)
            .as("row %d by %d threads", row, threads)
            .isEqualTo(Arrays.copyOfRange(expected, from, to));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "BF16", "Q8_0", "Q4_0", "Q5_1", "IQ4_NL"})
  void attention_onAStoredFormat_isThatToTheStoredNumbers(String name) {
    FormatId format = new FormatId(name);
    AttentionShape shape = new AttentionShape(4, 2, 32, 0.2f);
    int batch = 3;
    float[] query = random(1, batch * shape.queryDim());
    float[] keys = random(2, 150 * shape.kvDim());
    float[] values = random(3, 150 * shape.kvDim());
    assertThat(attend(shape, format, query, keys, values, batch, 2))
        .isEqualTo(
            attend(
                shape,
                FormatId.F32,
                query,
                stored(format, keys, shape.headDim()),
                stored(format, values, shape.headDim()),
                batch,
                2));
  }

  /** What a format makes of rows. */
  private static float[] stored(FormatId id, float[] rows, int cols) {
    BlockFormat format = Extensions.installed().format(id, ErrorLocation.none());
    float[] decoded = new float[rows.length];
    MemorySegment bytes = MemorySegment.ofArray(new byte[(int) format.byteSize(cols)]);
    for (int at = 0; at < rows.length; at += cols) {
      format.encode(rows, at, cols, null, bytes, 0);
      format.decode(bytes, 0, decoded, at, cols);
    }
    return decoded;
  }

  /** Rows with one element that is far larger than the others, as keys of real models have. */
  @ParameterizedTest
  @CsvSource({"Q8_0, 64", "Q4_0, 64", "Q8_0, 128", "Q4_0, 192"})
  void attention_onRotatedBlocks_isCloserThanOnPlainOnes(String name, int headDim) {
    FormatId format = new FormatId(name);
    AttentionShape shape = new AttentionShape(2, 1, headDim, 0.02f);
    float[] query = random(1, shape.queryDim());
    float[] keys = random(2, 200 * headDim);
    float[] values = random(3, 200 * headDim);
    for (int at = 5; at < keys.length; at += headDim) {
      keys[at] *= 20;
      values[at] *= 20;
    }
    float[] exact = attend(shape, FormatId.F32, query, keys, values, 1, 1);
    float[] rotated = attend(shape, format, query, keys, values, 1, 1);
    float[] plain =
        attend(
            shape,
            FormatId.F32,
            query,
            stored(format, keys, headDim),
            stored(format, values, headDim),
            1,
            1);
    assertThat(distance(rotated, exact)).isPositive().isLessThan(0.7 * distance(plain, exact));
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.pow(a[i] - b[i], 2);
    }
    return Math.sqrt(sum);
  }

  @Test
  void cache_growsWithTheConversation() {
    try (ThreadTeam team = new ThreadTeam(1);
        HostOperations operations = new HostOperations(ScalarBackend.kernels(), team);
        SequenceMemory memory = operations.newMemory()) {
      HostCache cache =
          (HostCache)
              memory.allocateCache(new CacheShape(2, 32, 100_000, FormatId.F16, FormatId.F16));
      assertThat(cache.bytes()).isZero();
      Buffer rows = operations.load(random(1, 64));
      operations.store(cache, rows, rows, 0, 1);
      long page = cache.bytes();
      assertThat(page).isEqualTo(2L * 256 * 64 * 2);
      operations.store(cache, rows, rows, 255, 1);
      assertThat(cache.bytes()).isEqualTo(page);
      operations.store(cache, rows, rows, 256, 1);
      assertThat(cache.bytes()).isEqualTo(2 * page);
    }
  }

  @Test
  void cache_ofBlocksLongerThanAHead_isRefused() {
    try (ThreadTeam team = new ThreadTeam(1);
        HostOperations operations = new HostOperations(ScalarBackend.kernels(), team);
        SequenceMemory memory = operations.newMemory()) {
      CacheShape shape = new CacheShape(2, 48, 10, new FormatId("Q8_0"), FormatId.F16);
      assertThatThrownBy(() -> memory.allocateCache(shape))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContainingAll("48", "Q8_0", "F16");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128})
  void hadamard_keepsProductsAndIsItsOwnInverse(int size) {
    float[] a = random(1, 256);
    float[] b = random(2, 256);
    double product = dot(a, b);
    float[] x = a.clone();
    float[] y = b.clone();
    Hadamard.rotate(x, 0, 256, size);
    Hadamard.rotate(y, 0, 256, size);
    assertThat(x).isNotEqualTo(a);
    assertThat(dot(x, y)).isCloseTo(product, within(1e-4));
    Hadamard.rotate(x, 0, 256, size);
    assertThat(distance(x, a)).isLessThan(1e-5);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
