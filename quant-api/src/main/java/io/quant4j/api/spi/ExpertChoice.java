package io.quant4j.api.spi;

/**
 * Which experts see each token of a batch, and with what weights; made by {@link
 * Operations#chooseExperts}. Like a buffer it may hold its result only later, in the memory of
 * whoever runs the operations.
 */
public interface ExpertChoice {

  /** Tokens. */
  int batch();

  /** Experts of each token. */
  int used();

  /**
   * Waits for everything queued and copies the choice to the host.
   *
   * @return (batch, used) indices of experts, the heaviest of each token first; the caller's own
   */
  int[] experts();
}
