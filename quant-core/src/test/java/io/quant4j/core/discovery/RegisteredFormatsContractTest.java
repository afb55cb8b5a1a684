package io.quant4j.core.discovery;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.contract.BlockFormatContract;
import java.util.Collection;
import java.util.Set;

/** Every format that is installed keeps the contract; a new one is tested by being registered. */
class RegisteredFormatsContractTest extends BlockFormatContract {
  /** Use importance when they have it, but round without a search when they have not. */
  private static final Set<String> ROUNDING_WITHOUT_IMPORTANCE = Set.of("Q4_0", "Q5_0");

  @Override
  protected Collection<BlockFormat> formats() {
    return Extensions.installed().formats();
  }

  @Override
  protected boolean isProjection(BlockFormat format) {
    return super.isProjection(format) || ROUNDING_WITHOUT_IMPORTANCE.contains(format.id().name());
  }
}
