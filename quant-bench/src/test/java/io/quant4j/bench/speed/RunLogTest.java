package io.quant4j.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs as they are written down and read again, and the processes that they come from. */
class RunLogTest {
  private static final MachineSpeed MACHINE = new MachineSpeed(4e10, 5e11);
  private static final ModelWork WORK = new ModelWork(1_000, 900, 1_600);

  @TempDir private Path directory;

  private static Run run(int round, String failure, Double... samples) {
    Run.Key key = new Run.Key("llama.cpp", "Q4_K_M", Workload.LONG_CONTEXT, 2, round);
    return new Run(key, List.of(samples), 1L << 30, 0.125, MACHINE, WORK, failure);
  }

  @Test
  void runs_areReadAsTheyWereWritten() throws Exception {
    Path file = directory.resolve("log");
    RunLog log = RunLog.begin(file);
    log.add(run(1, "", 1.5, 2.5));
    log.add(run(2, "it \"said\"\nno"));

    assertThat(RunLog.resume(file).runs())
        .containsExactly(run(1, "", 1.5, 2.5), run(2, "it \"said\"\nno"));
  }

  @Test
  void failedRun_isMadeAgain_andReplaced() throws Exception {
    Path file = directory.resolve("log");
    RunLog.begin(file).add(run(1, "no"));
    RunLog log = RunLog.resume(file);

    assertThat(log.holds(run(1, "").key())).isFalse();
    log.add(run(1, "", 3.0));

    assertThat(log.holds(run(1, "").key())).isTrue();
    assertThat(RunLog.resume(file).runs()).containsExactly(run(1, "", 3.0));
  }

  @Test
  void newLog_keepsTheOldOneBeside() throws Exception {
    Path file = directory.resolve("log");
    RunLog.begin(file).add(run(1, "", 1.0));

    assertThat(RunLog.begin(file).runs()).isEmpty();
    assertThat(RunLog.resume(directory.resolve("log.old")).runs()).hasSize(1);
  }

  @Test
  void incompleteLine_isRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("log"), "{\"contestant\": \"x\"}\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunLog.resume(file))
        .withMessageContaining("fileType");
  }

  @Test
  void spread_hasTheMiddle() {
    assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 3));
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(new Spread(2.5, 1, 4));
  }

  @Test
  void processThatFails_saysWhy() {
    List<String> command = JavaProcess.command(List.of(), "none", "NoSuchClass", List.of());

    assertThatIOException()
        .isThrownBy(() -> MeasuredProcess.run(command, directory))
        .withMessageContaining("exit status 1")
        .withMessageContaining("NoSuchClass");
    assertThat(directory).isEmptyDirectory();
  }
}
