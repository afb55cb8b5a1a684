package io.quant4j.bench.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.bench.scaling.Machine.Weights;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The model of scaling at its ends, where what it must say is known. */
class ScalingTest {
  private static final long BYTES = 1_000_000_000;

  /** A thread reads 20 GB/s; a token takes it 50 ms to read and 40 ms to compute. */
  private static final double READ = 20e9;

  private static final double COMPUTE = 0.04;
  private static final TokenWork WORK = new TokenWork(BYTES, Map.of(), 100, 200);
  private static final TeamCost FREE = new TeamCost(0, 0);
  private static final Machine SERVER = Machine.single("server", 64, 300);

  private static Scaling scaling(TeamCost team, double tokensPerSecond) {
    return Scaling.fitted(WORK, COMPUTE, READ, team, tokensPerSecond, 100);
  }

  @Test
  void oneThread_isWhatItWasFittedTo() {
    for (double measured : new double[] {11.2, 15, 20}) {
      Scaling scaling = scaling(new TeamCost(1e-6, 1e-7), measured);
      assertThat(scaling.generation(SERVER, 1, Weights.LOCAL)).isCloseTo(measured, within(1e-9));
      assertThat(scaling.prompt(SERVER, 1, Weights.LOCAL)).isCloseTo(100, within(1e-9));
    }
  }

  @Test
  void overlap_isOneWhereReadingHidesComputing_andZeroWhereNothingIsHidden() {
    assertThat(scaling(FREE, 20).overlap()).isCloseTo(1, within(1e-9));
    assertThat(scaling(FREE, 1 / 0.09).overlap()).isCloseTo(0, within(1e-9));
  }

  @Test
  void generation_growsWithThreadsUntilTheMemoryIsTheLimit() {
    Scaling scaling = scaling(FREE, 20);
    assertThat(scaling.generation(SERVER, 8, Weights.LOCAL)).isCloseTo(160, within(1e-9));
    assertThat(scaling.generation(SERVER, 15, Weights.LOCAL)).isCloseTo(300, within(1e-9));
    assertThat(scaling.generation(SERVER, 64, Weights.LOCAL)).isCloseTo(300, within(1e-9));
    assertThat(scaling.worthwhile(SERVER)).isEqualTo(15);
    assertThat(scaling.prompt(SERVER, 64, Weights.LOCAL)).isCloseTo(6_400, within(1e-9));
  }

  @Test
  void callingTheTeam_countsOncePerOperation() {
    TeamCost team = new TeamCost(2e-6, 1e-7);
    assertThat(team.seconds(1)).isZero();
    assertThat(team.seconds(2)).isEqualTo(2e-6);
    assertThat(team.seconds(12)).isCloseTo(5e-6, within(1e-12));
    double without = 1 / scaling(FREE, 20).generation(SERVER, 12, Weights.LOCAL);
    double with = 1 / scaling(team, 20).generation(SERVER, 12, Weights.LOCAL);
    assertThat(with - without).isCloseTo(100 * 5e-6, within(1e-9));
  }

  @Test
  void bandwidthOfTwoSockets_dependsOnWhereTheWeightsAre() {
    Machine two = new Machine("two", 2, 64, 400e9, 100e9);
    assertThat(two.bandwidth(64, READ, Weights.LOCAL)).isEqualTo(400e9);
    assertThat(two.bandwidth(8, READ, Weights.ON_ONE_SOCKET)).isEqualTo(160e9);
    assertThat(two.bandwidth(24, READ, Weights.ON_ONE_SOCKET)).isEqualTo(340e9);
    assertThat(two.bandwidth(128, READ, Weights.ON_ONE_SOCKET)).isEqualTo(400e9);
    assertThat(two.bandwidth(128, READ, Weights.INTERLEAVED)).isEqualTo(400e9);
    Machine linked = new Machine("linked", 2, 64, 400e9, 300e9);
    assertThat(linked.bandwidth(128, READ, Weights.INTERLEAVED)).isEqualTo(800e9);
  }
}
