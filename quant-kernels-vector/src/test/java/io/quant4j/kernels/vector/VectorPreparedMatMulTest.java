package io.quant4j.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.contract.PreparedMatMulContract;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.kernels.vector.machine.MachineCode;
import java.util.Collection;
import org.junit.jupiter.api.Test;

/** Products in fixed point keep the contract where the processor has them. */
class VectorPreparedMatMulTest extends PreparedMatMulContract {

  @Override
  protected HostKernels kernels() {
    return ((KernelSet.OnHost) new VectorBackend().open()).kernels();
  }

  @Override
  protected Collection<BlockFormat> formats() {
    return Extensions.installed().formats();
  }

  @Test
  void everyFormatOfWeights_isOfferedWhereWordsAreMultiplied_andNoneElsewhere() {
    for (BlockFormat format : formats()) {
      boolean multiplied = kernels().matMul(format.id()).isPresent();
      assertThat(kernels().preparedMatMul(format.id()).isPresent())
          .as(format.id().name())
          .isEqualTo(multiplied && MachineCode.multipliesWords());
    }
  }

  @Test
  void smallBatchesAndShortRows_areLeftToOthers() {
    for (BlockFormat format : formats()) {
      kernels()
          .preparedMatMul(format.id())
          .ifPresent(kernel -> {
            assertThat(kernel.preparation().accepts(256, 24)).isTrue();
            assertThat(kernel.preparation().accepts(256, 23)).isFalse();
            assertThat(kernel.preparation().accepts(255, 24)).isFalse();
          });
    }
  }
}
