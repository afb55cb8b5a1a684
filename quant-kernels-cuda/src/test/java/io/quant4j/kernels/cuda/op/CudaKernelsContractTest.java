package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.contract.HostKernelsContract;
import io.quant4j.contract.VectorRounding;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The operations of a device, held to the contract of the kernels of the host. */
@Tag("emulation")
@Tag("gpu")
class CudaKernelsContractTest extends HostKernelsContract {
  private static final int TESTS_OF_A_DEVICE = 50;

  /** Rows of the least blocks are multiplied as floats where they do not consist of as many. */
  private static final int COLUMNS_OF_TILES = 128;

  private final OperationsAsKernels kernels = new OperationsAsKernels();
  private int tests;

  /** Bound weights are freed with the device only. */
  @AfterEach
  void freeSometimes() {
    if (++tests % TESTS_OF_A_DEVICE == 0) {
      kernels.close();
    }
  }

  @AfterAll
  void close() {
    kernels.close();
  }

  @Override
  protected HostKernels kernels() {
    return kernels;
  }

  @Override
  protected Collection<BlockFormat> formats() {
    return DeviceFormat.all().stream().map(DeviceFormat::blocks).toList();
  }

  /** Some modules round to 16 bits ({@code tile_input.cuh}), and tiny ones to a power of two. */
  @Override
  protected Optional<VectorRounding> rounding(BlockFormat format, int cols) {
    boolean whole = cols % Math.max(format.blockElements(), COLUMNS_OF_TILES) == 0;
    return whole && kernels.roundsVectors(format)
        ? Optional.of(
            new VectorRounding(
                32, largest -> largest < 0x1p-80 ? largest * 0x1p-13 : largest / 32_512))
        : Optional.empty();
  }

  /** Everything but encoding, and attention to tiles, which has a test of its own. */
  @Override
  protected Set<String> required() {
    Set<String> required = new TreeSet<>(everything());
    required.removeIf(name -> name.startsWith("encode ") || name.endsWith("ttention"));
    return required;
  }
}
