package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.cli.LogitsCommand.Candidate;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogitsCommandTest {

  @Test
  void best_isSortedByLogitThenId() {
    List<Candidate> best =
        LogitsCommand.best(new float[] {1, 3, -1, 3, 2}, 4, List.of("a", "b", "c", "d"));

    assertThat(best).extracting(Candidate::id).containsExactly(1, 3, 4, 0);
    assertThat(best).extracting(Candidate::piece).containsExactly("b", "d", "", "a");
    double sum = 2 * Math.exp(3) + Math.exp(2) + Math.exp(1) + Math.exp(-1);
    assertThat(best.getFirst().probability()).isCloseTo(Math.exp(3) / sum, within(1e-12));
  }

  @Test
  void best_ofFewerThanAsked_isAll() {
    assertThat(LogitsCommand.best(new float[] {5}, 20, List.of("a"))).hasSize(1);
  }
}
