package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.Pass;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.kernels.cuda.driver.Graph;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Memory of one sequence, the tokens of its present pass, and its recorded passes. Whatever is
 * allocated or moved makes records invalid, since they hold addresses.
 */
final class CudaSequence implements SequenceMemory {
  /** Bytes before the tokens: the position, and what aligns them. */
  private static final int TOKENS_AT = 16;

  /**
   * A recorded pass.
   *
   * @param stamp when it was recorded
   */
  private record Recorded(Graph graph, long stamp) {}

  private final Work work;
  private final Set<Long> allocations = new HashSet<>();
  private final List<CudaCache> caches = new ArrayList<>();
  private final List<CudaExpertChoice> choices = new ArrayList<>();
  private final Map<Integer, Recorded> recorded = new HashMap<>();
  private final Map<Integer, Long> seen = new HashMap<>();
  private final Arena arena = Arena.ofShared();
  private MemorySegment passOnHost = arena.allocate(TOKENS_AT);
  private long passOnDevice;
  private long generation;
  private Pass pass = new Pass(new int[0], 0, 0, 0, 0);
  private int choicesTaken;
  private boolean closed;

  CudaSequence(Work work) {
    this.work = work;
  }

  Work work() {
    return work;
  }

  @Override
  public CudaBuffer allocate(long elements) {
    try (var _ = work.enter()) {
      return new CudaBuffer(allocateBytes(elements * Float.BYTES), elements);
    }
  }

  @Override
  public CudaCache allocateCache(CacheShape shape) {
    try (var _ = work.enter()) {
      CudaCache cache = new CudaCache(shape, this);
      caches.add(cache);
      return cache;
    }
  }

  /** Zeroed memory that is freed with the sequence. */
  long allocateBytes(long bytes) {
    long address = work.memory().allocate(bytes);
    allocations.add(address);
    generation++;
    work.stream().clear(address, bytes);
    return address;
  }

  /** Frees memory before the sequence ends. */
  void release(long address) {
    if (allocations.remove(address)) {
      work.memory().free(address);
    }
  }

  /** Makes room for a pass and sends its tokens. */
  void begin(Pass next) {
    pass = next;
    choicesTaken = 0;
    for (CudaCache cache : caches) {
      cache.reserve(next.firstPosition() + next.count());
    }
    long bytes = TOKENS_AT + (long) next.count() * Integer.BYTES;
    if (passOnDevice == 0 || passOnHost.byteSize() < bytes) {
      long old = passOnDevice;
      passOnDevice = allocateBytes(bytes);
      release(old);
      passOnHost = arena.allocate(bytes, Integer.BYTES);
    }
    passOnHost.set(ValueLayout.JAVA_INT, 0, next.firstPosition());
    MemorySegment.copy(
        next.tokens(), next.from(), passOnHost, ValueLayout.JAVA_INT, TOKENS_AT, next.count());
    work.stream().copyToDevice(passOnDevice, passOnHost, bytes);
  }

  /** Position of the first token of the present pass. */
  int firstPosition() {
    return pass.firstPosition();
  }

  /** Address of that position. */
  long position() {
    return passOnDevice;
  }

  /** Whether these are the tokens of the present pass, in the same array. */
  @SuppressWarnings("ReferenceEquality") // two arrays of equal tokens are two
  boolean isOfPass(int[] tokens, int from, int count) {
    return tokens == pass.tokens() && from == pass.from() && count == pass.count();
  }

  /** Address of the tokens of the present pass. */
  long tokens() {
    return passOnDevice + TOKENS_AT;
  }

  /** The next choice of experts of the present pass; the same one in the next such pass. */
  CudaExpertChoice nextChoice(CudaOperations operations, int batch, int used) {
    if (choicesTaken == choices.size()) {
      choices.add(newChoice(operations, batch, used));
    } else if (!choices.get(choicesTaken).hasRoom(batch, used)) {
      CudaExpertChoice old = choices.set(choicesTaken, newChoice(operations, batch, used));
      release(old.memory());
    }
    CudaExpertChoice choice = choices.get(choicesTaken).of(batch, used);
    choicesTaken++;
    return choice;
  }

  private CudaExpertChoice newChoice(CudaOperations operations, int batch, int used) {
    long address = allocateBytes(CudaExpertChoice.bytes(batch, used));
    return new CudaExpertChoice(operations, batch, used, address, (long) batch * used);
  }

  /**
   * Runs a pass of one token: the first time as it comes, since it may allocate, the second time it
   * is recorded, from then on replayed.
   */
  void replay(Pass next, Runnable body) {
    int key = next.logitRows();
    Recorded record = recorded.get(key);
    if (record != null && record.stamp == stamp()) {
      record.graph.launch();
    } else if (seen.getOrDefault(key, -1L) == stamp()) {
      if (record != null) {
        recorded.remove(key);
        record.graph.close();
      }
      Graph graph = work.stream().record(body);
      recorded.put(key, new Recorded(graph, stamp()));
      graph.launch();
    } else {
      body.run();
      seen.put(key, stamp());
    }
  }

  /** Grows whenever an address may have changed. */
  private long stamp() {
    return generation + work.scratch().generation();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      work.release(this::closing);
      arena.close();
    }
  }

  private List<Runnable> closing() {
    List<Runnable> steps = new ArrayList<>();
    steps.add(work.stream()::synchronize);
    recorded.values().forEach(record -> steps.add(record.graph::close));
    allocations.forEach(address -> steps.add(() -> work.memory().free(address)));
    return steps;
  }
}
