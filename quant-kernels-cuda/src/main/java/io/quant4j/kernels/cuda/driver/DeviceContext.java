package io.quant4j.kernels.cuda.driver;

import io.quant4j.api.error.DeviceException;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.QuantException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device in use: its primary context, one stream, its memory, its modules. Not thread-safe: its
 * user lets in one thread at a time, and {@link #enter} comes first in each.
 */
public final class DeviceContext implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceContext.class);
  private static final int NON_BLOCKING = 1;

  private final Cuda cuda;
  private final DeviceFacts facts;
  private final int device;
  private final long context;
  private final Stream stream;
  private final DeviceMemory memory;
  private final Map<String, CudaModule> modules = new HashMap<>();
  private final AtomicLong hostBytes = new AtomicLong();
  private boolean closed;

  private DeviceContext(
      Cuda cuda, DeviceFacts facts, int device, long context, long freeBytes, long stream) {
    this.cuda = cuda;
    this.facts = facts;
    this.device = device;
    this.context = context;
    this.stream = new Stream(cuda, stream);
    this.memory = new DeviceMemory(cuda, facts.name(), freeBytes);
  }

  /** Takes a device into use. */
  public static DeviceContext open(Cuda cuda, DeviceFacts facts) {
    int device = cuda.device(facts.ordinal());
    long context = cuda.retainPrimaryContext(device);
    try {
      cuda.setCurrent(context);
      return new DeviceContext(
          cuda, facts, device, context, cuda.freeBytes(), cuda.createStream(NON_BLOCKING));
    } catch (RuntimeException | Error e) {
      cuda.releasePrimaryContext(device);
      throw e;
    }
  }

  /** Makes the device the one that the calling thread talks to. */
  public void enter() {
    cuda.setCurrent(context);
  }

  public DeviceFacts facts() {
    return facts;
  }

  public Stream stream() {
    return stream;
  }

  public DeviceMemory memory() {
    return memory;
  }

  /** New memory of the host that the device reads and writes directly. */
  public HostMemory newHostMemory(long bytes) {
    return new HostMemory(cuda, bytes, hostBytes);
  }

  /** Bytes of such memory at present. */
  public long hostBytes() {
    return hostBytes.get();
  }

  public Event newEvent() {
    return new Event(cuda, stream, cuda.createEvent());
  }

  /**
   * A module, loaded when it is first asked for.
   *
   * @throws DeviceException if the jar has none of this name, or the driver refuses it
   */
  public CudaModule module(String name) {
    CudaModule known = modules.get(name);
    if (known != null) {
      return known;
    }
    long begin = System.nanoTime();
    CudaModule module = CudaModule.load(cuda, name, ptx(name));
    LOG.debug("module {} loaded in {} ms", name, (System.nanoTime() - begin) / 1_000_000);
    modules.put(name, module);
    return module;
  }

  private static String ptx(String name) {
    try (InputStream in =
        DeviceContext.class.getResourceAsStream("/io/quant4j/kernels/cuda/" + name + ".ptx")) {
      if (in == null) {
        throw new DeviceException(
            ErrorLocation.subject("module " + name),
            "the jar holds no such module",
            "Use the jar as it was released.");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DeviceException(
          ErrorLocation.subject("module " + name),
          "it cannot be read from the jar",
          "Use the jar as it was released.",
          e);
    }
  }

  /** Releases everything, whatever fails of it. Idempotent. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    List<Runnable> steps = new ArrayList<>();
    steps.add(this::enter);
    steps.add(stream::synchronize);
    steps.add(memory::close);
    modules.values().forEach(module -> steps.add(module::close));
    steps.add(stream::close);
    steps.add(() -> cuda.releasePrimaryContext(device));
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (QuantException e) {
        LOG.warn("{} is not released cleanly: {}", facts.name(), e.getMessage());
      }
    }
  }
}
