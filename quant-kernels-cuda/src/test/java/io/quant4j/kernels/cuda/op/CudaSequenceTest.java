package io.quant4j.kernels.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.DeviceException;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.ExpertChoice;
import io.quant4j.api.spi.KeyValueCache;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Pass;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memory of sequences, recorded passes, and the operations on rows. */
@Tag("emulation")
@Tag("gpu")
class CudaSequenceTest extends BesideHost {
  private static final AttentionShape SHAPE = new AttentionShape(2, 1, 32, 0.2f);
  private static final int DIM = 64;

  /** A little of what a decoder does in a pass. */
  private static final class Reader implements AutoCloseable {
    private final Operations operations;
    private final SequenceMemory memory;
    private final Weight table;
    private final Weight router;
    private final Weight experts;
    private final KeyValueCache cache;
    private final Buffer out;
    private final Map<String, Buffer> slots = new HashMap<>();
    int bodies;
    private int position;

    Reader(Operations operations) {
      this.operations = operations;
      memory = operations.newMemory();
      table = operations.bind(matrix("Q8_0", 1, 50, DIM));
      router = operations.bind(matrix("F32", 2, 6, DIM));
      experts = operations.bindExperts(matrices("Q4_0", 6, 32, DIM));
      cache =
          memory.allocateCache(
              new CacheShape(1, 32, 5_000, operations.cacheFormat(), operations.cacheFormat()));
      out = memory.allocate(DIM);
    }

    float[] read(int... tokens) {
      int[] all = new int[tokens.length + 1];
      System.arraycopy(tokens, 0, all, 1, tokens.length);
      Pass pass = new Pass(all, 1, tokens.length, position, 1);
      operations.run(memory, pass, () -> body(pass));
      position += tokens.length;
      return OpenDevice.read(operations, out);
    }

    private void body(Pass pass) {
      bodies++;
      int batch = pass.count();
      Buffer x = slot("x", (long) batch * DIM);
      operations.embed(table, pass.tokens(), pass.from(), batch, x);
      Buffer angles = slot("angles", batch * 8L);
      operations.rotaryAngles(
          new float[] {1, 0.5f, 0.2f, 0.1f}, 1, pass.firstPosition(), batch, angles);
      operations.rotate(x, angles, RotaryLayout.INTERLEAVED, 2, 32, batch);
      Buffer scores = slot("scores", batch * 6L);
      operations.matMul(router, x, batch, scores);
      ExpertChoice choice = operations.chooseExperts(scores, 2, true, batch);
      Buffer said = slot("said", batch * 2L * 32);
      operations.matMulExperts(experts, choice, x, said);
      Buffer keys = slot("keys", batch * 32L);
      operations.mixExperts(choice, said, keys);
      operations.store(cache, keys, keys, pass.firstPosition(), batch);
      Buffer attended = slot("attended", (long) batch * DIM);
      operations.attention(SHAPE, x, cache, pass.firstPosition(), batch, attended);
      operations.copy(attended.slice((batch - 1L) * DIM, DIM), out);
    }

    private Buffer slot(String name, long elements) {
      Buffer known = slots.get(name);
      if (known == null || known.length() < elements) {
        known = memory.allocate(elements);
        slots.put(name, known);
      }
      return known.slice(0, elements);
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  @Test
  void recordedPass_followsTokensAndPositions() {
    try (Reader ours = new Reader(device);
        Reader theirs = new Reader(host)) {
      OpenDevice.assertClose(ours.read(3, 4, 5), theirs.read(3, 4, 5), 4e-3, "prompt");
      for (int step = 0; step < 12; step++) {
        int token = 7 * step % 50;
        OpenDevice.assertClose(ours.read(token), theirs.read(token), 4e-3, "step " + step);
      }
      assertThat(ours.bodies).as("the prompt, once as it came, once recorded").isEqualTo(3);
    }
  }

  @Test
  void recordedPass_isRecordedAnewWhenTheCacheGrows() {
    try (Reader ours = new Reader(device);
        Reader theirs = new Reader(host)) {
      int[] prompt = new int[505];
      ours.read(prompt);
      theirs.read(prompt);
      for (int step = 0; step < 12; step++) {
        OpenDevice.assertClose(ours.read(step), theirs.read(step), 4e-3, "step " + step);
      }
      assertThat(ours.bodies).isEqualTo(5);
    }
  }

  @Test
  void sequences_doNotDisturbEachOther() throws Exception {
    List<float[]> expected = new ArrayList<>();
    for (int seed = 0; seed < 4; seed++) {
      expected.add(sequence(seed));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<float[]>> tasks = new ArrayList<>();
      for (int seed = 0; seed < 4; seed++) {
        int own = seed;
        tasks.add(() -> sequence(own));
      }
      List<Future<float[]>> results = threads.invokeAll(tasks);
      for (int seed = 0; seed < 4; seed++) {
        assertThat(results.get(seed).get()).as("sequence %d", seed).isEqualTo(expected.get(seed));
      }
    }
  }

  private float[] sequence(int seed) {
    try (Reader reader = new Reader(device)) {
      reader.read(seed, seed + 1);
      float[] last = {};
      for (int step = 0; step < 8; step++) {
        last = reader.read((seed * 11 + step) % 50);
      }
      return last;
    }
  }

  @Test
  void memory_isGivenBackWithTheSequence() {
    sequence(1);
    long free = open.device().freeBytes();
    try (SequenceMemory memory = device.newMemory()) {
      memory.allocate(1_000_000);
      memory.allocateCache(new CacheShape(2, 64, 4_000, FormatId.Q8_0, FormatId.Q8_0));
      assertThat(open.device().freeBytes()).isLessThanOrEqualTo(free - 4_000_000);
    }
    assertThat(open.device().freeBytes()).isEqualTo(free);
  }

  @Test
  void memory_isZeroAtFirst() {
    try (SequenceMemory memory = device.newMemory()) {
      assertThat(open.read(memory.allocate(1_000))).containsOnly(0f);
    }
  }

  @Test
  void memory_thatIsNotThereIsRefusedAndNothingIsLost() {
    long free = open.device().freeBytes();
    try (SequenceMemory memory = device.newMemory()) {
      assertThatThrownBy(() -> memory.allocate(1L << 40))
          .isInstanceOf(DeviceException.class)
          .hasMessageContainingAll("%,d".formatted(4L << 40), "are free");
      CacheShape shape = new CacheShape(1 << 20, 512, 512, FormatId.F16, FormatId.F16);
      assertThatThrownBy(() -> memory.allocateCache(shape)).isInstanceOf(DeviceException.class);
      assertThat(open.read(memory.allocate(4))).containsOnly(0f);
    }
    assertThat(open.device().freeBytes()).isEqualTo(free);
  }

  @Test
  void closedDevice_refusesWorkAndLetsSequencesClose() {
    OpenDevice other = new OpenDevice();
    SequenceMemory memory = other.operations().newMemory();
    other.close();
    other.close();

    assertThatThrownBy(() -> memory.allocate(1)).isInstanceOf(InvalidRequestException.class);
    memory.close();
    memory.close();
  }

  @Test
  void boundWeights_takeWhatWasStated() {
    long free = open.device().freeBytes();
    device.bind(matrix("Q4_0", 1, 1_000, 1_024));
    assertThat(free - open.device().freeBytes())
        .isBetween(1L, open.device().boundBytes(1_000 * 1_024 / 32 * 18) + (16 << 20));
  }

  @Test
  void operationsOnRows_areTheHosts() {
    float[] x = OpenDevice.gaussian(1, 5 * 96);
    float[] y = OpenDevice.gaussian(2, 5 * 96);
    float[] bias = OpenDevice.gaussian(3, 96);
    float[] gate = OpenDevice.gaussian(4, 5);
    compare(
        1e-5,
        "rows",
        operations -> {
          Buffer to = operations.load(x);
          operations.scale(to, 3.5f);
          operations.addBias(to, operations.load(bias), 5);
          operations.softCap(to, 2);
          operations.addGated(to, operations.load(gate), operations.load(y), 5);
          operations.rmsNorm(to, operations.load(bias), 1e-5f, 5, to);
          operations.copy(to.slice(96, 96), to.slice(0, 96));
          operations.swiGlu(to.slice(192, 96), to.slice(288, 96));
          operations.geGlu(to.slice(288, 96), to.slice(384, 96));
          return OpenDevice.read(operations, to);
        });
  }

  @Test
  void embed_takesTheRowsOfTokens() {
    float[][] rows = new float[2][];
    int i = 0;
    for (Operations operations : List.of(device, host)) {
      try (SequenceMemory memory = operations.newMemory()) {
        Weight table = operations.bind(matrix("Q6_K", 5, 20, 512));
        Buffer out = memory.allocate(3 * 512);
        operations.embed(table, new int[] {1, 19, 0, 7, 2}, 1, 3, out);
        rows[i++] = OpenDevice.read(operations, out);
      }
    }
    assertThat(rows[0]).isEqualTo(rows[1]);
  }

  @Test
  void values_longerThanAPieceOfStagingMemory_comeBackAsTheyWent() {
    float[] values = OpenDevice.gaussian(9, Transfers.CHUNK_BYTES / 4 * 2 + 5);
    Buffer buffer = device.load(values);
    float[] back = new float[values.length];
    device.read(buffer, 1, back, 2, values.length - 2);
    assertThat(Arrays.equals(back, 2, back.length, values, 1, values.length - 1)).isTrue();
  }
}
