package io.quant4j.kernels.cuda.driver;

/** A call through a handle. */
@FunctionalInterface
interface DriverCall {

  /** Calls, and returns the code. */
  int run() throws Throwable;

  /** The code of a call; handles of native functions throw nothing checked. */
  static int code(DriverCall call) {
    try {
      return call.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("driver functions throw no checked exception", e);
    }
  }
}
