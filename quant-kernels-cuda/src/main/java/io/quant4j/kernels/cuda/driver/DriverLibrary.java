package io.quant4j.kernels.cuda.driver;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Where the driver's library is, and its functions. A library stays loaded once it is. */
public final class DriverLibrary {
  /** Path of another library that exports the driver API, for tests. */
  public static final String PROPERTY = "quant4j.cuda.driver";

  /**
   * What a Linux kernel shows if it drives an NVIDIA GPU: of a card, under WSL, and of Jetson
   * boards.
   */
  private static final List<String> DEVICE_FILES =
      List.of("/dev/nvidiactl", "/dev/dxg", "/dev/nvhost-ctrl-gpu", "/dev/nvgpu");

  /** The driver's own code for a name that it does not know. */
  static final int NOT_FOUND = 500;

  private static final Map<String, CudaDriver> OPEN = new ConcurrentHashMap<>();

  private DriverLibrary() {}

  /** The library and whether it was named by {@link #PROPERTY}. */
  public record Name(String name, boolean forced) {}

  public static Name name() {
    String forced = System.getProperty(PROPERTY, "");
    return forced.isBlank()
        ? new Name(isWindows() ? "nvcuda.dll" : "libcuda.so.1", false)
        : new Name(forced, true);
  }

  private static boolean isWindows() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
  }

  /**
   * Whether this system shows any sign of an NVIDIA driver. Asked before the library is looked for,
   * since Java warns of every program that does.
   */
  public static boolean isLikely() {
    if (isWindows()) {
      String root = Optional.ofNullable(System.getenv("SystemRoot")).orElse("");
      return new File(root, "System32\\nvcuda.dll").exists();
    }
    return DEVICE_FILES.stream().anyMatch(file -> new File(file).exists());
  }

  /**
   * The library's functions.
   *
   * @throws IllegalArgumentException if there is no such library
   * @throws IllegalCallerException if this module may not call native code
   */
  @SuppressWarnings("restricted")
  public static CudaDriver open(String library) {
    return OPEN.computeIfAbsent(
        library, name -> functions(SymbolLookup.libraryLookup(name, Arena.global())));
  }

  /** The functions of a lookup; one that is not there can be seen only by calling it. */
  @SuppressWarnings("restricted")
  private static CudaDriver functions(SymbolLookup symbols) {
    Linker linker = Linker.nativeLinker();
    return CudaDriver.of((name, type) ->
        symbols
            .find(name)
            .map(address -> linker.downcallHandle(address, type))
            .orElseGet(() -> missing(type)));
  }

  /** A handle that reports, as the driver would, that the function is not known. */
  private static MethodHandle missing(FunctionDescriptor type) {
    MethodType shape = type.toMethodType();
    return MethodHandles.dropArguments(
        MethodHandles.constant(int.class, NOT_FOUND), 0, shape.parameterList());
  }

  /** What to start Java with so that it may call native code. */
  public static String nativeAccessFlag() {
    Module module = DriverLibrary.class.getModule();
    return "--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
  }

  /** The places that are looked at, for messages. */
  public static String signs() {
    return isWindows() ? "nvcuda.dll in System32" : String.join(", ", DEVICE_FILES);
  }
}
