package io.quant4j.kernels.cuda.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A driver in Java: it does as a script says, counts what is taken, and computes nothing. */
@SuppressWarnings("restricted") // it stands where native code does
public final class FakeDriver {
  private static final MethodHandle CALL;

  static {
    try {
      CALL =
          MethodHandles.lookup()
              .findVirtual(
                  FakeDriver.class,
                  "call",
                  MethodType.methodType(int.class, String.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What answers a call instead of the usual. */
  @FunctionalInterface
  public interface Answer {
    int code(Object[] arguments);
  }

  private final Arena arena = Arena.ofAuto();
  private final Map<String, Answer> answers = new HashMap<>();
  private final Map<Integer, Integer> attributes =
      new HashMap<>(Map.of(16, 7, 75, 8, 76, 0, 97, 227 << 10));

  /** Names of the functions called. */
  public final List<String> calls = new ArrayList<>();

  /** What was made and not yet given back, by kind. */
  public final Map<String, Integer> open = new HashMap<>();

  /** Addresses of memory that was made and not yet given back. */
  public final Set<Long> memory = new HashSet<>();

  /** Contexts that are current, the latest last. */
  public final List<Long> current = new ArrayList<>();

  /** Names of the modules that were loaded. */
  public final List<String> modules = new ArrayList<>();

  public int devices = 1;
  public int version = 12_020;
  public long bytes = 8L << 30;
  private long nextHandle = 4_096;
  private int always;

  /** Lets a function return a code. */
  public FakeDriver failing(String function, int code) {
    return answering(function, _ -> code);
  }

  public FakeDriver answering(String function, Answer answer) {
    answers.put(function, answer);
    return this;
  }

  public FakeDriver capability(int major, int minor) {
    attributes.put(75, major);
    attributes.put(76, minor);
    return this;
  }

  /** Lets a function do as usual again. */
  public FakeDriver working(String function) {
    answers.remove(function);
    return this;
  }

  /** Lets every function of a device return a code from now on, as after a fault. */
  public FakeDriver failingAlways(int code) {
    always = code;
    return this;
  }

  public FakeDriver sharedBytes(int most) {
    attributes.put(97, most);
    return this;
  }

  public CudaDriver driver() {
    return CudaDriver.of(this::handle);
  }

  private MethodHandle handle(String name, FunctionDescriptor type) {
    MethodType shape = type.toMethodType();
    return MethodHandles.insertArguments(CALL, 0, this, name)
        .asCollector(Object[].class, shape.parameterCount())
        .asType(shape);
  }

  @SuppressWarnings("UnusedMethod") // called through its handle
  private int call(String name, Object... arguments) {
    calls.add(name);
    Answer answer = answers.get(name);
    int code = answer != null ? answer.code(arguments) : isOfDevice(name) ? always : 0;
    if (code == 0) {
      usual(name, arguments);
    }
    return code;
  }

  /** What asks for the meaning of codes, and what needs no sound context, works in any case. */
  private static boolean isOfDevice(String name) {
    return !name.startsWith("cuGetError") && !name.startsWith("cuCtx") && !name.contains("Primary");
  }

  private void usual(String name, Object[] a) {
    switch (name) {
      case "cuDriverGetVersion" -> put(a[0], version);
      case "cuDeviceGetCount" -> put(a[0], devices);
      case "cuDeviceGet" -> put(a[0], (int) a[1]);
      case "cuDeviceGetName" ->
          ((MemorySegment) a[0]).reinterpret(256).setString(0, "Fake " + a[2]);
      case "cuDeviceTotalMem_v2" -> put(a[0], bytes);
      case "cuDeviceGetAttribute" -> put(a[0], attributes.getOrDefault((int) a[1], 0));
      case "cuMemGetInfo_v2" -> {
        put(a[0], bytes);
        put(a[1], bytes);
      }
      case "cuGetErrorName" -> put(a[1], "CUDA_ERROR_" + a[0]);
      case "cuGetErrorString" -> put(a[1], "fault " + a[0]);
      case "cuDevicePrimaryCtxRetain" -> make("context", a[0]);
      case "cuDevicePrimaryCtxRelease_v2" -> end("context");
      case "cuCtxPushCurrent_v2" -> current.add((long) a[0]);
      case "cuCtxPopCurrent_v2" -> put(a[0], current.removeLast());
      case "cuMemAlloc_v2" -> memory.add(make("memory", a[0]));
      case "cuMemFree_v2" -> {
        memory.remove((long) a[0]);
        end("memory");
      }
      case "cuMemHostAlloc" -> {
        count("host memory", 1);
        put(a[0], arena.allocate((long) a[1]).address());
      }
      case "cuMemFreeHost" -> end("host memory");
      case "cuMemcpyDtoHAsync_v2" -> ((MemorySegment) a[0]).reinterpret((long) a[2]).fill((byte) 0);
      case "cuStreamCreate" -> make("stream", a[0]);
      case "cuStreamDestroy_v2" -> end("stream");
      case "cuStreamEndCapture" -> make("graph", a[1]);
      case "cuGraphDestroy" -> end("graph");
      case "cuGraphInstantiateWithFlags" -> make("executable", a[0]);
      case "cuGraphExecDestroy" -> end("executable");
      case "cuEventCreate" -> make("event", a[0]);
      case "cuEventDestroy_v2" -> end("event");
      case "cuModuleLoadDataEx" -> {
        modules.add(text(a[1]).lines().findFirst().orElseThrow().replace("// module ", ""));
        make("module", a[0]);
      }
      case "cuModuleUnload" -> end("module");
      case "cuModuleGetFunction" -> put(a[0], nextHandle++);
      default -> {}
    }
  }

  private long make(String kind, Object out) {
    count(kind, 1);
    long handle = nextHandle;
    put(out, handle);
    nextHandle += 4_096;
    return handle;
  }

  private void end(String kind) {
    count(kind, -1);
  }

  private void count(String kind, int by) {
    open.merge(kind, by, Integer::sum);
    open.remove(kind, 0);
  }

  private static void put(Object out, int value) {
    ((MemorySegment) out).reinterpret(Integer.BYTES).set(JAVA_INT, 0, value);
  }

  private static void put(Object out, long value) {
    ((MemorySegment) out).reinterpret(Long.BYTES).set(JAVA_LONG, 0, value);
  }

  private void put(Object out, String text) {
    ((MemorySegment) out).reinterpret(ADDRESS.byteSize()).set(ADDRESS, 0, arena.allocateFrom(text));
  }

  /** The text that a pointer among the arguments shows. */
  static String text(Object pointer) {
    return ((MemorySegment) pointer).reinterpret(Long.MAX_VALUE).getString(0);
  }

  /** Writes the log that a module's options name. */
  static void log(Object[] loadArguments, String text) {
    MemorySegment values = ((MemorySegment) loadArguments[4]).reinterpret(2 * Long.BYTES);
    MemorySegment log =
        MemorySegment.ofAddress(values.get(JAVA_LONG, 0)).reinterpret(text.length() + 1);
    log.setString(0, text);
    log.set(JAVA_BYTE, text.length(), (byte) 0);
  }
}
