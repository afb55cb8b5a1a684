package io.quant4j.kernels.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Functions of the driver's library, which stays loaded once it is. */
public final class DriverLibrary {
  /** Path of another library that exports the driver API, for tests. */
  public static final String PROPERTY = "quant4j.cuda.driver";

  private static final Map<String, CudaDriver> OPEN = new ConcurrentHashMap<>();

  private DriverLibrary() {}

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
        MethodHandles.constant(int.class, Fault.NOT_FOUND.code()), 0, shape.parameterList());
  }

  /** What to start Java with so that it may call native code. */
  public static String nativeAccessFlag() {
    Module module = DriverLibrary.class.getModule();
    return "--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
  }
}
