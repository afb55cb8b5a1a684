package io.quant4j.kernels.cuda.driver;

import io.quant4j.api.error.DeviceException;
import io.quant4j.api.error.ErrorLocation;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device in use: its primary context, one stream, its memory, its modules. Not thread-safe: its
 * user lets in one thread at a time, and {@link #enter} comes first in each.
 */
public final class DeviceContext implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceContext.class);
  private static final int NON_BLOCKING = 1;

  /** Ends the names of modules whose launches may overlap; others have none of this name. */
  private static final String OVERLAPPING = "_90";

  private final Cuda cuda;
  private final DeviceFacts facts;
  private final int device;
  private final long context;
  private final Stream stream;
  private final DeviceMemory memory;
  private final boolean overlapping;
  private final boolean warpgroupProducts;
  private final Map<String, CudaModule> modules = new HashMap<>();
  private final AtomicLong hostBytes = new AtomicLong();
  private boolean closed;

  private DeviceContext(
      Cuda cuda, DeviceFacts facts, int device, long context, int driverVersion, long freeBytes) {
    this.cuda = cuda;
    this.facts = facts;
    this.device = device;
    this.context = context;
    this.stream = new Stream(cuda, cuda.createStream(NON_BLOCKING));
    this.memory = new DeviceMemory(cuda, facts.name(), freeBytes);
    this.overlapping = facts.canOverlapLaunches(driverVersion);
    this.warpgroupProducts = facts.hasWarpgroupProducts(driverVersion);
  }

  /** Takes a device into use. */
  public static DeviceContext open(Cuda driver, DeviceFacts facts) {
    Cuda cuda = driver.ofContext();
    int device = cuda.device(facts.ordinal());
    long context = cuda.retainPrimaryContext(device);
    try {
      cuda.pushCurrent(context);
      try {
        return new DeviceContext(
            cuda, facts, device, context, cuda.driverVersion(), cuda.freeBytes());
      } finally {
        cuda.popCurrent();
      }
    } catch (RuntimeException | Error e) {
      cuda.releasePrimaryContext(device);
      throw e;
    }
  }

  /**
   * Makes the device the one that the calling thread talks to, until {@link #leave}. What the
   * thread talked to before may be another device of ours or of others.
   */
  public void enter() {
    cuda.pushCurrent(context);
  }

  /** Makes the device current that was before {@link #enter}. */
  public void leave() {
    cuda.popCurrent();
  }

  /**
   * Fails where an earlier fault, such as a kernel's access to memory that is none, has ended the
   * use of the device.
   */
  public void requireUsable() {
    cuda.requireContext();
  }

  public DeviceFacts facts() {
    return facts;
  }

  /** Whether tensor cores multiply for whole warpgroups, and the driver reads such kernels. */
  public boolean hasWarpgroupProducts() {
    return warpgroupProducts;
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
   * A module, loaded when it is first asked for; the one with overlapping launches, where there is
   * one and the device can.
   *
   * @throws DeviceException if the jar has none of this name, or the driver refuses it
   */
  public CudaModule module(String name) {
    CudaModule known = modules.get(name);
    if (known != null) {
      return known;
    }
    long begin = System.nanoTime();
    boolean variant = overlapping && resource(name + OVERLAPPING) != null;
    String file = variant ? name + OVERLAPPING : name;
    CudaModule module = CudaModule.load(cuda, file, ptx(file), variant);
    LOG.debug("module {} loaded in {} ms", file, (System.nanoTime() - begin) / 1_000_000);
    modules.put(name, module);
    return module;
  }

  private static @Nullable URL resource(String name) {
    return DeviceContext.class.getResource("/io/quant4j/kernels/cuda/" + name + ".ptx");
  }

  private static String ptx(String name) {
    URL resource = resource(name);
    if (resource == null) {
      throw new DeviceException(
          ErrorLocation.subject("module " + name),
          "the jar holds no such module",
          "Use the jar as it was released.");
    }
    try (InputStream in = resource.openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DeviceException(
          ErrorLocation.subject("module " + name),
          "it cannot be read from the jar",
          "Use the jar as it was released.",
          e);
    }
  }

  /** Does steps that give something back in a turn, whatever fails of them. */
  public void release(List<Runnable> steps) {
    Runnable turn =
        () -> {
          enter();
          Release.all(facts.name(), steps);
          leave();
        };
    Release.all(facts.name(), List.of(turn));
  }

  /** Releases everything, whatever fails of it. Idempotent. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    List<Runnable> steps = new ArrayList<>();
    steps.add(stream::synchronize);
    steps.add(memory::close);
    modules.values().forEach(module -> steps.add(module::close));
    steps.add(stream::close);
    release(steps);
    Release.all(facts.name(), List.of(() -> cuda.releasePrimaryContext(device)));
  }
}
