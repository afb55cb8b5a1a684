package io.quant4j.kernels.cuda.driver;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a system has the driver's library, and what files show that there is a driver. The signs
 * are looked for before the library is, since Java warns of every program that loads one.
 *
 * @param library name or path, as the system's loader takes it
 * @param signs files, each of which says that there is a driver
 */
record DriverPlaces(String library, List<String> signs) {
  /** Of a card, under WSL, and of Jetson boards. */
  private static final List<String> LINUX_DEVICES =
      List.of("/dev/nvidiactl", "/dev/dxg", "/dev/nvhost-ctrl-gpu", "/dev/nvgpu");

  /**
   * The places of a system.
   *
   * @param os its name, as Java has it
   * @param systemRoot where Windows is, if that is known
   */
  static DriverPlaces of(String os, Optional<String> systemRoot) {
    if (!os.toLowerCase(Locale.ROOT).startsWith("windows")) {
      return new DriverPlaces("libcuda.so.1", LINUX_DEVICES);
    }
    // by its path, since a plain name is looked for beside the program first
    String library = systemRoot.orElse("C:\\Windows") + "\\System32\\nvcuda.dll";
    return new DriverPlaces(library, List.of(library));
  }
}
