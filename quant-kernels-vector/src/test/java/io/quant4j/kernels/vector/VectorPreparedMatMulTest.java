package io.quant4j.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.VectorPreparation;
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
      assertThat(
              kernels().preparedMatMuls(format.id()).stream()
                  .anyMatch(kernel -> kernel.preparation().accepts(256, 24)))
          .as(format.id().name())
          .isEqualTo(multiplied && MachineCode.multipliesWords());
    }
  }

  @Test
  void batchesInBetweenAndShortRows_areLeftToOthers() {
    for (BlockFormat format : formats()) {
      for (PreparedMatMul kernel : kernels().preparedMatMuls(format.id())) {
        VectorPreparation preparation = kernel.preparation();
        for (int batch = 7; batch < 10; batch++) {
          assertThat(preparation.accepts(256, batch)).isFalse();
        }
        assertThat(preparation.accepts(255, 1)).isFalse();
        assertThat(preparation.accepts(255, 10)).isFalse();
        boolean few = preparation.accepts(256, 1);
        assertThat(preparation.accepts(256, 6)).isEqualTo(few);
        assertThat(preparation.accepts(256, 10)).isEqualTo(!few);
      }
    }
  }
}
