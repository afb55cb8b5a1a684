package io.quant4j.core.tokenizer;

import java.util.Arrays;

/**
 * Merges a row of symbols until no neighbours merge any more, always the most urgent pair first and
 * the leftmost of equal ones. A linked list holds the row and a binary heap the candidates, so n
 * symbols take O(n log n). Reusable; not thread-safe.
 */
final class PairMerger {
  private static final int NONE = -1;

  private final MergeTable table;
  private int size;
  private int[] symbols = new int[64];
  private int[] previous = new int[64];
  private int[] next = new int[64];

  /** Merge of each node with its successor; NONE also for nodes that were swallowed. */
  private int[] merges = new int[64];

  /**
   * Candidates as priority in the high half and left node in the low half. Outdated ones stay until
   * they surface.
   */
  private long[] heap = new long[64];

  private int heapSize;

  PairMerger(MergeTable table) {
    this.table = table;
  }

  /** Empties the row. */
  void clear() {
    size = 0;
    heapSize = 0;
  }

  /** Appends a symbol; a negative one merges with nothing. */
  void add(int symbol) {
    if (size == symbols.length) {
      symbols = Arrays.copyOf(symbols, 2 * size);
      previous = Arrays.copyOf(previous, 2 * size);
      next = Arrays.copyOf(next, 2 * size);
      merges = Arrays.copyOf(merges, 2 * size);
    }
    symbols[size++] = symbol;
  }

  /** Merges the row. */
  void merge() {
    for (int node = 0; node < size; node++) {
      previous[node] = node - 1;
      next[node] = node + 1 < size ? node + 1 : NONE;
    }
    for (int node = 0; node < size; node++) {
      offer(node);
    }
    while (heapSize > 0) {
      long candidate = poll();
      int node = (int) candidate;
      // A pair that changed since it was offered has another priority, or none; a pair of the same
      // priority at the same
      // node would have been offered as this very value.
      if (merges[node] != NONE && table.priority(merges[node]) == (int) (candidate >> 32)) {
        join(node);
      }
    }
  }

  private void join(int node) {
    int swallowed = next[node];
    symbols[node] = table.result(merges[node]);
    merges[swallowed] = NONE;
    next[node] = next[swallowed];
    if (next[node] != NONE) {
      previous[next[node]] = node;
    }
    offer(node);
    if (previous[node] != NONE) {
      offer(previous[node]);
    }
  }

  /** Looks up the merge of a node with its successor and makes it a candidate. */
  private void offer(int node) {
    int merge = next[node] == NONE ? NONE : table.find(symbols[node], symbols[next[node]]);
    merges[node] = merge;
    if (merge != NONE) {
      push(((long) table.priority(merge) << 32) | node);
    }
  }

  /** The first node of the row, or -1 if it is empty. */
  int first() {
    return size == 0 ? NONE : 0;
  }

  /** The node after this one, or -1. */
  int next(int node) {
    return next[node];
  }

  /** The symbol of a node. */
  int symbol(int node) {
    return symbols[node];
  }

  private void push(long candidate) {
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, 2 * heapSize);
    }
    int at = heapSize++;
    while (at > 0 && heap[(at - 1) >>> 1] > candidate) {
      heap[at] = heap[(at - 1) >>> 1];
      at = (at - 1) >>> 1;
    }
    heap[at] = candidate;
  }

  private long poll() {
    long top = heap[0];
    long moved = heap[--heapSize];
    int at = 0;
    for (int child = 1; child < heapSize; child = 2 * at + 1) {
      if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= moved) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
    return top;
  }
}
