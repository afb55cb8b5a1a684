package io.quant4j.core.tokenizer;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Hash map from any long to a non-negative int, open addressing with linear probing. Safe to read
 * from many threads once filled.
 */
final class LongIntMap {
  /** What {@link #get} says of an absent key. */
  static final int MISSING = -1;

  /** Mixed into every hash, so that a hostile vocabulary cannot aim all its keys at one slot. */
  private static final long SECRET = RandomGenerator.getDefault().nextLong();

  private long[] keys;
  private int[] values;
  private int mask;
  private int size;

  /**
   * @param expected number of keys to make room for
   */
  LongIntMap(int expected) {
    allocate(Integer.highestOneBit(Math.max(8, expected)) << 2);
  }

  private void allocate(int capacity) {
    keys = new long[capacity];
    values = new int[capacity];
    Arrays.fill(values, MISSING);
    mask = capacity - 1;
  }

  /** The value of a key, or {@link #MISSING}. */
  int get(long key) {
    return values[slot(key)];
  }

  /** Stores a value unless the key has one; answers the value it has afterwards. */
  int putIfAbsent(long key, int value) {
    int slot = slot(key);
    if (values[slot] != MISSING) {
      return values[slot];
    }
    keys[slot] = key;
    values[slot] = value;
    if (++size > mask >>> 1) {
      grow();
    }
    return value;
  }

  /** Where the key is, or the empty slot where it belongs. */
  private int slot(long key) {
    long hash = (key ^ SECRET) * 0x9E3779B97F4A7C15L;
    hash = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
    int slot = (int) (hash >>> 32) & mask;
    while (values[slot] != MISSING && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    allocate(oldKeys.length << 1);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != MISSING) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
