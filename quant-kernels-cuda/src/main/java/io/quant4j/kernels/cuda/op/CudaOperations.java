package io.quant4j.kernels.cuda.op;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.ExpertChoice;
import io.quant4j.api.spi.HeadRotation;
import io.quant4j.api.spi.KeyValueCache;
import io.quant4j.api.spi.LargestElements;
import io.quant4j.api.spi.Pass;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.kernels.cuda.driver.DeviceContext;
import io.quant4j.kernels.cuda.op.Attending.HeadNorms;
import io.quant4j.kernels.cuda.op.Attending.Rows;
import io.quant4j.kernels.cuda.op.Attending.Turn;
import io.quant4j.kernels.cuda.op.Scratch.Use;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues every operation on one device. Threads take turns; a pass is one turn. Results of few
 * tokens and of many may differ in their last bits, as other kernels compute them.
 */
final class CudaOperations extends ProductOperations {
  private static final Logger LOG = LoggerFactory.getLogger(CudaOperations.class);

  private final Attending attending;
  private final Experts experts;
  private final LargestSearch search;
  private final CudaOperations exactly;
  private final Map<Integer, List<KnownNumbers>> frequencies = new HashMap<>();
  private boolean reported;

  /** Numbers of the host that are on the device. */
  private record KnownNumbers(float[] values, CudaBuffer buffer) {}

  private CudaOperations(Work work, Transfers transfers, Weights weights, boolean exact) {
    super(work, transfers, weights, exact);
    attending = new Attending(work, exact);
    experts = new Experts(work, exact);
    search = new LargestSearch(work, transfers);
    exactly = exact ? this : new CudaOperations(work, transfers, weights, true);
  }

  /** All operations on a device, which is closed with them. */
  static CudaOperations on(DeviceContext context) {
    Work work = new Work(context);
    Transfers transfers = new Transfers(context);
    return new CudaOperations(work, transfers, new Weights(work, transfers), false);
  }

  @Override
  public CudaOperations exact() {
    return exactly;
  }

  @Override
  public FormatId cacheFormat() {
    return FormatId.F16;
  }

  @Override
  public SequenceMemory newMemory() {
    try (var _ = work.enter()) {
      report();
      return new CudaSequence(work);
    }
  }

  private void report() {
    if (!reported && weights.uploadedBytes() > 0) {
      reported = true;
      LOG.info(
          "{} MiB of weights moved to {} in {} ms, through {} MiB of pinned memory",
          weights.uploadedBytes() >> 20,
          work.context().facts().name(),
          weights.uploadNanos() / 1_000_000,
          work.context().hostBytes() >> 20);
    }
  }

  @Override
  public void run(SequenceMemory memory, Pass pass, Runnable body) {
    CudaSequence sequence = (CudaSequence) memory;
    try (var _ = work.enter()) {
      sequence.begin(pass);
      @Nullable CudaSequence outer = work.running();
      work.setRunning(sequence);
      try {
        if (pass.count() == 1) {
          sequence.replay(pass, body);
        } else {
          body.run();
        }
      } finally {
        work.setRunning(outer);
      }
    }
  }

  @Override
  public CudaBuffer load(TensorView tensor) {
    try (var _ = work.enter()) {
      return weights.decode(tensor);
    }
  }

  @Override
  public CudaBuffer load(float[] values) {
    try (var _ = work.enter()) {
      long address = work.memory().allocate((long) values.length * Float.BYTES);
      transfers.upload(MemorySegment.ofArray(values), address);
      return new CudaBuffer(address, values.length);
    }
  }

  @Override
  public void write(float[] source, int sourceOffset, int count, Buffer target, long at) {
    try (var _ = work.enter()) {
      CudaBuffer to = ((CudaBuffer) target).slice(at, count);
      MemorySegment from = MemorySegment.ofArray(source);
      transfers.upload(
          from.asSlice((long) sourceOffset * Float.BYTES, (long) count * Float.BYTES),
          to.address());
    }
  }

  @Override
  public void embed(Weight table, int[] tokens, int from, int count, Buffer out) {
    try (var _ = work.enter()) {
      CudaWeight w = (CudaWeight) table;
      work.kernel(w.module(), "embed")
          .pointer(w.data())
          .longs(w.blocks())
          .pointer(w.codebook())
          .pointer(tokens(tokens, from, count))
          .ints(w.cols())
          .floats(1)
          .pointer(CudaBuffer.address(out))
          .launch(Geometry.decoding(w.cols(), count));
    }
  }

  /** The address of tokens on the device. */
  private long tokens(int[] tokens, int from, int count) {
    CudaSequence running = work.running();
    if (running != null && running.isOfPass(tokens, from, count)) {
      return running.tokens();
    }
    long address = work.scratch().take(Use.TOKENS, (long) count * Integer.BYTES);
    transfers.upload(
        MemorySegment.ofArray(Arrays.copyOfRange(tokens, from, from + count)), address);
    return address;
  }

  @Override
  public ExpertChoice chooseExperts(Buffer logits, int used, boolean normalized, int batch) {
    try (var _ = work.enter()) {
      CudaSequence running = work.running();
      CudaExpertChoice choice =
          running == null ? newChoice(batch, used) : running.nextChoice(this, batch, used);
      experts.choose((CudaBuffer) logits, normalized, choice);
      return choice;
    }
  }

  private CudaExpertChoice newChoice(int batch, int used) {
    long address = work.memory().allocate(CudaExpertChoice.bytes(batch, used));
    return new CudaExpertChoice(this, batch, used, address, (long) batch * used);
  }

  @Override
  public void matMulExperts(Weight stack, ExpertChoice choice, Buffer x, Buffer out) {
    try (var _ = work.enter()) {
      experts.multiply(
          (CudaWeight) stack, (CudaExpertChoice) choice, (CudaBuffer) x, (CudaBuffer) out);
    }
  }

  @Override
  public void mixExperts(ExpertChoice choice, Buffer x, Buffer out) {
    try (var _ = work.enter()) {
      experts.mix((CudaExpertChoice) choice, (CudaBuffer) x, (CudaBuffer) out);
    }
  }

  @Override
  public void rotaryAngles(
      float[] radians, float magnitude, int firstPosition, int batch, Buffer out) {
    try (var _ = work.enter()) {
      long known = onDevice(radians);
      long position = work.position(firstPosition);
      work.kernel("ops", "rotary_angles")
          .pointer(known)
          .floats(magnitude)
          .ints(radians.length)
          .ints(batch)
          .pointer(position)
          .pointer(CudaBuffer.address(out))
          .launch(Geometry.elements((long) radians.length * batch));
    }
  }

  /** Frequencies are few, and the same in every pass. */
  private long onDevice(float[] values) {
    List<KnownNumbers> alike =
        frequencies.computeIfAbsent(Arrays.hashCode(values), _ -> new ArrayList<>());
    for (KnownNumbers known : alike) {
      if (Arrays.equals(known.values, values)) {
        return known.buffer.address();
      }
    }
    CudaBuffer buffer = load(values);
    alike.add(new KnownNumbers(values.clone(), buffer));
    return buffer.address();
  }

  @Override
  public void rotate(
      Buffer x, Buffer angles, RotaryLayout layout, int heads, int headDim, int batch) {
    try (var _ = work.enter()) {
      attending.rotate(CudaBuffer.address(x), turn(angles, layout, batch), heads, headDim, batch);
    }
  }

  private static Turn turn(Buffer angles, RotaryLayout layout, int batch) {
    return new Turn(CudaBuffer.address(angles), layout, (int) (angles.length() / batch));
  }

  @Override
  public void store(KeyValueCache cache, Buffer keys, Buffer values, int firstPosition, int batch) {
    try (var _ = work.enter()) {
      Rows rows =
          new Rows(
              0, CudaBuffer.address(keys), CudaBuffer.address(values), 0, firstPosition, batch);
      attending.store((CudaCache) cache, rows, Turn.NONE, HeadNorms.NONE);
    }
  }

  @Override
  public void rotateAndStore(
      HeadRotation rotation,
      AttentionShape shape,
      Buffer queries,
      Buffer keys,
      Buffer values,
      KeyValueCache cache,
      int firstPosition,
      int batch) {
    Rows rows =
        new Rows(
            CudaBuffer.address(queries),
            CudaBuffer.address(keys),
            CudaBuffer.address(values),
            shape.heads(),
            firstPosition,
            batch);
    HeadNorms norms =
        new HeadNorms(
            rotation.queryGain().map(CudaBuffer::address).orElse(0L),
            rotation.keyGain().map(CudaBuffer::address).orElse(0L),
            rotation.epsilon());
    try (var _ = work.enter()) {
      Turn turn = turn(rotation.angles(), rotation.layout(), batch);
      attending.store((CudaCache) cache, rows, turn, norms);
    }
  }

  @Override
  public void attention(
      AttentionShape shape,
      Buffer query,
      KeyValueCache cache,
      int firstPosition,
      int batch,
      Buffer out) {
    try (var _ = work.enter()) {
      attending.attend(
          shape,
          CudaBuffer.address(query),
          (CudaCache) cache,
          firstPosition,
          batch,
          CudaBuffer.address(out));
    }
  }

  @Override
  public void read(Buffer source, long from, float[] target, int targetOffset, int count) {
    try (var _ = work.enter()) {
      transfers.download(
          ((CudaBuffer) source).slice(from, count).address(), target, targetOffset, count);
    }
  }

  @Override
  public Optional<LargestElements> largest(Buffer row, int count) {
    if (!LargestSearch.canFind((CudaBuffer) row, count)) {
      return Optional.empty();
    }
    try (var _ = work.enter()) {
      return Optional.of(search.find((CudaBuffer) row, count));
    }
  }

  int[] readInts(long address, int count) {
    try (var _ = work.enter()) {
      return transfers.downloadInts(address, count);
    }
  }

  @Override
  public void close() {
    work.close(transfers::closing);
  }
}
