package io.quant4j.kernels.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.LargestElements;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.SequenceShape;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many steps leave everything as it was: device memory, pinned memory, the heap, and the tokens.
 * Sequences grow their caches, are rewound, continued and closed by a seeded plan.
 */
class SoakTest {
  private static final long SEED = 11;
  private static final int PROMPT = 40;

  /** Tokens of which something is known at each step. */
  private static final int KNOWN = 5;

  /** By how much the heap, after a collection, and the driver's own memory may differ. */
  private static final long SLACK = 2 << 20;

  private final OpenDevice open = new OpenDevice();
  private final TinyModel model = new TinyModel();
  private final Decoder decoder = model.decoder(Placement.all(open.operations()));
  private final SplittableRandom random = new SplittableRandom(SEED);
  private int steps;

  @AfterEach
  void close() {
    open.close();
    model.close();
  }

  /** What must not grow. */
  private record Taken(long device, long pinned, long free, long heap) {

    static Taken by(OpenDevice open) {
      CudaDevice device = (CudaDevice) open.device();
      long free;
      try (OpenDevice asked = new OpenDevice()) { // the driver is asked at each opening
        free = asked.device().freeBytes();
      }
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      return new Taken(
          device.context().memory().takenBytes(),
          device.context().hostBytes(),
          free,
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
  }

  private DecoderState newState(int context) {
    return decoder.newState(
        new SequenceShape(context, PROMPT, Optional.empty(), Optional.empty(), false));
  }

  private LargestElements read(DecoderState state, int... tokens) {
    steps++;
    return decoder
        .forwardForLargest(state, tokens, 0, tokens.length, KNOWN, new float[0])
        .orElseThrow();
  }

  /** Appends the likeliest tokens; tells the bits of all that is known of each. */
  private List<Integer> greedily(DecoderState state, LargestElements first, int count) {
    List<Integer> bits = new ArrayList<>();
    LargestElements known = first;
    for (int i = 0; i < count; i++) {
      assertThat(known.finite()).as("step %d, seed %d", steps, SEED).isTrue();
      for (int k = 0; k < KNOWN; k++) {
        bits.add(known.indices()[k]);
        bits.add(Float.floatToRawIntBits(known.values()[k]));
      }
      known = read(state, known.indices()[0]);
    }
    return bits;
  }

  /** The same sequence every time. */
  private List<Integer> reference(int count) {
    try (DecoderState state = newState(512)) {
      return greedily(state, read(state, 300, 9, 77, 1_000, 5), count);
    }
  }

  private int[] prompt(int tokens) {
    int[] prompt = new int[tokens];
    Arrays.setAll(prompt, i -> random.nextInt(4_000));
    return prompt;
  }

  /** Fills a sequence to its end, so that everything has been as large as it gets. */
  private void fill(int context) {
    try (DecoderState state = newState(context)) {
      while (state.length() + PROMPT <= context) {
        read(state, prompt(PROMPT));
      }
      state.truncate(context - 8);
      greedily(state, read(state, 1), Math.min(7, context - state.length()));
    }
  }

  /** One sequence: read, continue, rewind, continue the same way, read on, until it is full. */
  private void converse(int context, int most) {
    try (DecoderState state = newState(context)) {
      int end = steps + random.nextInt(most / 2, most);
      while (steps < end && state.length() + PROMPT + 12 <= context) {
        LargestElements first = read(state, prompt(1 + random.nextInt(PROMPT)));
        int length = state.length();
        long free = open.device().freeBytes();
        List<Integer> once = greedily(state, first, 6);
        if (open.device().freeBytes() == free) { // a larger cache is read in other parts
          state.truncate(length);
          assertThat(greedily(state, first, 6))
              .as("continued from %d after %d steps, seed %d", length, steps, SEED)
              .isEqualTo(once);
        }
        if (random.nextInt(8) == 0) {
          state.truncate(random.nextInt(state.length()));
        }
      }
    }
  }

  @SuppressWarnings("SystemOut") // for whoever runs it
  private void soak(int wanted, int context, int most, int referenceTokens) {
    List<Integer> expected = reference(referenceTokens);
    fill(context);
    converse(context, most);
    assertThat(reference(referenceTokens)).isEqualTo(expected);
    Taken before = Taken.by(open);
    steps = 0;
    long begin = System.nanoTime();
    while (steps < wanted) {
      converse(context, most);
      assertThat(((CudaDevice) open.device()).context().memory().takenBytes())
          .as("bytes taken on the device after %d steps, seed %d", steps, SEED)
          .isEqualTo(before.device);
    }
    assertThat(reference(referenceTokens)).as("after %d steps", steps).isEqualTo(expected);
    double seconds = (System.nanoTime() - begin) / 1e9;
    Taken after = Taken.by(open);
    System.out.printf("%d steps in %.1f s; before %s, after %s%n", steps, seconds, before, after);
    assertThat(after.device).as("bytes taken on the device").isEqualTo(before.device);
    assertThat(after.pinned).as("pinned bytes").isEqualTo(before.pinned).isPositive();
    assertThat(after.free).as("what the driver has free").isGreaterThan(before.free - SLACK);
    assertThat(after.heap).as("heap").isLessThan(before.heap + SLACK);
  }

  @Test
  @Tag("gpu")
  void tenThousandSteps_leaveMemoryAndTokensAsTheyWere() {
    soak(10_000, 3_000, 1_200, 200);
  }

  /** The same plan, short enough for the emulation. */
  @Test
  @Tag("emulation")
  void twentySteps_leaveMemoryAndTokensAsTheyWere() {
    soak(20, 90, 12, 2);
  }
}
