package io.quant4j.core.sample;

import java.util.Arrays;

/**
 * Sorts tokens by logit through longs: the upper half orders as the float does (both zeros are
 * one), the lower half holds the token so that of equal logits the lower id is larger.
 */
final class LargestKeys {
  private LargestKeys() {}

  static long key(float logit, int token) {
    int bits = Float.floatToIntBits(logit + 0f); // -0 + 0 = 0
    int ordered = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    return ((long) ordered << 32) | (~token & 0xFFFF_FFFFL);
  }

  static int token(long key) {
    return ~(int) key;
  }

  /** The {@code count} largest keys, ascending: a heap of that size sees every logit once. */
  static long[] of(float[] logits, int count) {
    long[] heap = new long[count];
    for (int i = 0; i < count; i++) {
      heap[i] = key(logits[i], i);
    }
    Arrays.sort(heap); // an ascending array is a heap with the least on top
    float least = logits[token(heap[0])];
    for (int i = count; i < logits.length; i++) {
      if (!(logits[i] < least)) { // most end here
        long key = key(logits[i], i);
        if (key > heap[0]) {
          replaceLeast(heap, key);
          least = logits[token(heap[0])];
        }
      }
    }
    Arrays.sort(heap);
    return heap;
  }

  private static void replaceLeast(long[] heap, long key) {
    int at = 0;
    for (int child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
        child++;
      }
      if (key <= heap[child]) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = key;
  }
}
