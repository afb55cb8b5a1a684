package io.quant4j.kernels.vector.machine;

import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.spi.Availability;
import io.quant4j.kernels.vector.lanes.Width;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether products may be machine code in this JVM. Found out once. Nothing here fails: where
 * machine code is refused, the kernels on the Vector API do the same work.
 */
public final class MachineCode {
  /** System property that switches machine code off when it is "off". */
  public static final String PROPERTY = "quant4j.machineCode";

  private static final int WIDTH = 512;

  private static final class Answer {
    static final Availability HERE =
        ask(
            System.getProperty(PROPERTY, ""),
            System.getProperty("os.name", ""),
            System.getProperty("os.arch", ""),
            Width.BITS);

    static final boolean WORDS = HERE instanceof Availability.Usable && Processor.multipliesWords();

    private Answer() {}
  }

  private MachineCode() {}

  /** Why no code is generated in this JVM, whatever its processor; empty if some may be. */
  public static Optional<Availability.Unusable> refusal() {
    return refusal(
        System.getProperty(PROPERTY, ""),
        System.getProperty("os.name", ""),
        System.getProperty("os.arch", ""));
  }

  /** Usable with the instruction set, or the reason why not. */
  public static Availability availability() {
    return Answer.HERE;
  }

  /** Whether it is used. */
  public static boolean isUsable() {
    return availability() instanceof Availability.Usable;
  }

  /** Whether products in fixed point are used; never, if other machine code is not. */
  public static boolean multipliesWords() {
    return isUsable() && Answer.WORDS;
  }

  /**
   * The answer for a JVM.
   *
   * @param setting of {@link #PROPERTY}
   * @param bits width of the kernels on the Vector API: machine code repeats their sums at 512
   */
  static Availability ask(String setting, String system, String architecture, int bits) {
    Optional<Availability.Unusable> refusal = refusal(setting, system, architecture);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (bits != WIDTH) {
      return new Availability.Unusable(
          "the kernels run with vectors of " + bits + " bits",
          "It takes a processor with AVX-512, and no property that makes vectors shorter.");
    }
    return tryHere();
  }

  private static Optional<Availability.Unusable> refusal(
      String setting, String system, String architecture) {
    if (setting.equals("off")) {
      return Optional.of(
          new Availability.Unusable(
              "switched off by -D" + PROPERTY + "=off", "Start java without this property."));
    }
    if (!system.toLowerCase(Locale.ROOT).contains("linux") || !architecture.equals("amd64")) {
      return Optional.of(
          new Availability.Unusable(
              "it is made for Linux on x86-64, not for " + system + " on " + architecture,
              "Nothing needs to be done: the kernels on the Vector API are used."));
    }
    return Optional.empty();
  }

  private static Availability tryHere() {
    try {
      List<String> missing = Processor.missing();
      if (missing.isEmpty()) {
        return new Availability.Usable("avx512");
      }
      return new Availability.Unusable(
          "the processor lacks " + String.join(", ", missing),
          "Nothing needs to be done: the kernels on the Vector API are used.");
    } catch (BackendUnavailableException e) {
      return new Availability.Unusable(e.reason(), e.remedy());
    } catch (IllegalCallerException | ExceptionInInitializerError e) {
      return withoutNativeAccess();
    }
  }

  /** The JVM runs with {@code --illegal-native-access=deny} and without permission. */
  static Availability withoutNativeAccess() {
    Module module = MachineCode.class.getModule();
    String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
    return new Availability.Unusable(
        "the JVM does not let it call native code",
        "Start java with --enable-native-access=" + name + ".");
  }
}
