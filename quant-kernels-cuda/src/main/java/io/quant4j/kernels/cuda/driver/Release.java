package io.quant4j.kernels.cuda.driver;

import io.quant4j.api.error.QuantException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives back what was taken. */
final class Release {
  private static final Logger LOG = LoggerFactory.getLogger(Release.class);

  private Release() {}

  /**
   * Does every step, whatever the driver says of the others; the first it refuses is logged. So
   * closing never fails, and a device that is lost lets go of what there is on the host.
   *
   * @param owner for the log
   */
  static void all(String owner, List<Runnable> steps) {
    int refused = 0;
    String first = "";
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (QuantException e) {
        first = refused == 0 ? e.getMessage() : first;
        refused++;
      }
    }
    if (refused > 0) {
      LOG.warn(
          "{} is not released cleanly, {} of {} steps failed, first: {}",
          owner,
          refused,
          steps.size(),
          first);
    }
  }
}
