package io.quant4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.groups.Tuple.tuple;

import io.quant4j.bench.SyntheticModel;
import io.quant4j.bench.speed.Contestant;
import io.quant4j.bench.speed.Json;
import io.quant4j.bench.speed.MachineSpeed;
import io.quant4j.bench.speed.ModelWork;
import io.quant4j.bench.speed.Run;
import io.quant4j.bench.speed.RunLog;
import io.quant4j.bench.speed.Workload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** From options over a short measurement to tables, JSON and plot. */
class SpeedReportTest {
  private static final MachineSpeed MACHINE = new MachineSpeed(40e9, 500e9);

  /** 1 GB of weights of 4 bits. */
  private static final ModelWork WORK = new ModelWork(1 << 30, 1_000_000_000, 2_000_000_000);

  @TempDir private Path directory;

  private static Run run(String contestant, Workload workload, int round, Double... samples) {
    Run.Key key = new Run.Key(contestant, "Q4_0", workload, 2, round);
    String failure = samples.length == 0 ? "it crashed\nat once" : "";
    return new Run(key, List.of(samples), 3L << 29, round / 10.0, MACHINE, WORK, failure);
  }

  private static SpeedFigures figures() {
    return new SpeedFigures(
        List.of(
            run("quant4j", Workload.GENERATION, 1, 30.0, 32.0, 31.0),
            run("llama.cpp", Workload.GENERATION, 1, 25.0),
            run("quant4j", Workload.GENERATION, 2, 20.0),
            run("llama.cpp", Workload.GENERATION, 2, 40.0),
            run("quant4j", Workload.GENERATION, 3, 99.0),
            run("quant4j", Workload.PROMPT_128, 1, 50.0),
            run("llama.cpp", Workload.PROMPT_128, 1, 100.0),
            run("quant4j", Workload.FIRST_TOKEN, 1, 0.5),
            run("llama.cpp", Workload.FIRST_TOKEN, 1, 1.5),
            run("quant4j", Workload.COLD, 1, 15.5),
            run("other", Workload.GENERATION, 1)));
  }

  @Test
  void options_nameThePeers() {
    SpeedOptions options =
        SpeedOptions.parse(
            "--cache",
            "c",
            "--llama-bench",
            "b",
            "--resume",
            "--jlama",
            "x.jar",
            "--llama3-java",
            "l",
            "--kherud",
            "k.jar",
            "--tests",
            "pp512,tg32@d4096",
            "--threads",
            "1,4");

    assertThat(options.contestants())
        .extracting(Contestant::name)
        .containsExactly("quant4j", "llama.cpp", "llama3.java", "Jlama", "de.kherud:llama");
    assertThat(options.workloads()).containsExactly(Workload.PROMPT_512, Workload.LONG_CONTEXT);
    assertThat(options.threads()).containsExactly(1, 4);
    assertThat(options.resume()).isTrue();
    assertThat(options.output()).isEqualTo(Path.of("docs"));
  }

  @Test
  void wrongOptions_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> SpeedOptions.parse());
    assertThatIllegalArgumentException().isThrownBy(() -> SpeedOptions.parse("--cache"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpeedOptions.parse("--cache", "c", "--tests", "pp1"))
        .withMessageContaining("tg32@d4096");
  }

  @Test
  void ratios_areOfRunsOfTheSameRound() {
    List<SpeedFigures.Duel> duels = figures().duels();

    assertThat(duels)
        .extracting(duel -> duel.subject().workload(), SpeedFigures.Duel::rounds)
        .containsExactly(
            tuple(Workload.PROMPT_128, 1),
            tuple(Workload.GENERATION, 2),
            tuple(Workload.FIRST_TOKEN, 1));
    SpeedFigures.Duel generation = duels.get(1);
    assertThat(generation.advantage().min()).isCloseTo(0.5, within(1e-12));
    assertThat(generation.advantage().max()).isCloseTo(1.24, within(1e-12));
    assertThat(generation.ours().max()).isEqualTo(31);
    assertThat(duels.get(2).advantage().median()).as("less time is better").isEqualTo(3);
  }

  @Test
  void page_showsWhatThereIs() {
    String page = new SpeedPage(figures()).markdown();

    assertThat(page)
        .contains(
            "| Q4_0 | tg32 | 2 | tokens/s | 25.50 | llama.cpp | 32.50 | 0.87 | 0.50 | 1.24 | 2 |")
        .contains("| Q4_0 | first | 2 | s | 0.50 | llama.cpp | 1.50 | 3.00 | 3.00 | 3.00 | 1 |")
        .contains("| Q4_0 | tg32 | 2 | quant4j | 31.00 | 31.0 | 78 % | 124.0 | 25 % |")
        .contains("| Q4_0 | pp128 | 2 | llama.cpp | 100.00 | - | - | 400.0 | 80 % |")
        .contains("| Q4_0 | 2 | quant4j | 0.50 | 15.50 | 50 % | 1024 | 1536 | 512 | - | - |")
        .contains("Runs: 11, of them disturbed by other processes: 1.")
        .contains("| 2 | 40.0 | 40.0 | 40.0 | 500 | 500 | 500 |")
        .contains("\nNot measured: Q4_0 tg32, threads 2, round 1, other. it crashed\n");
  }

  @Test
  void json_holdsTheSameFigures() {
    Map<String, Object> report = Json.readObject(new SpeedPage(figures()).json());

    assertThat(report.get("comparisons"))
        .asInstanceOf(LIST)
        .hasSize(3)
        .element(1)
        .isEqualTo(
            Map.of(
                "format",
                "Q4_0",
                "test",
                "tg32",
                "threads",
                2.0,
                "peer",
                "llama.cpp",
                "rounds",
                2.0,
                "unit",
                "tokens/s",
                "quant4j",
                Map.of("median", 25.5, "min", 20.0, "max", 31.0),
                "theirs",
                Map.of("median", 32.5, "min", 25.0, "max", 40.0),
                "ratio",
                Map.of("median", 0.87, "min", 0.5, "max", 1.24)));
    assertThat(report.get("uses")).asInstanceOf(LIST).hasSize(4);
  }

  @Test
  void plot_hasARoofAboveThePoints() throws Exception {
    String svg = new RooflinePlot(figures()).svg();

    Element parsed =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
            .getDocumentElement();
    NodeList nodes = parsed.getElementsByTagName("text");
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    assertThat(texts)
        .contains("Q4_0 tg32", "Q4_0 pp128", "quant4j", "llama.cpp", "40 GB/s, 500 GFLOP/s");
    assertThat(parsed.getElementsByTagName("line").getLength()).isGreaterThan(2);
  }

  @Test
  void section_isReplaced_andTheRestStays() throws IOException {
    Path page = directory.resolve("p.md");
    Files.writeString(page, "a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n");

    MarkedSection.put(page, "x", "new\n");

    assertThat(page).hasContent("a\n<!-- x: begin -->\nnew\n<!-- x: end -->\nb\n");
    assertThatIllegalArgumentException().isThrownBy(() -> MarkedSection.put(page, "y", "new\n"));
    assertThat(page).hasContent("a\n<!-- x: begin -->\nnew\n<!-- x: end -->\nb\n");
  }

  @Test
  void tinyModel_isMeasuredFromEndToEnd_andNotAgain() throws Exception {
    Path cache = directory.resolve("cache");
    String[] arguments = {
      "--cache",
      cache.toString(),
      "--output",
      directory.resolve("out").toString(),
      "--shape",
      SyntheticModel.Shape.TINY.name(),
      "--formats",
      "Q8_0",
      "--threads",
      "1",
      "--tests",
      "pp128,first,cold32",
      "--rounds",
      "1",
      "--attempts",
      "1",
      "--samples",
      "1",
      "--warmup-seconds",
      "0",
      "--resume"
    };

    SpeedReport.run(SpeedOptions.parse(arguments));
    Path log = cache.resolve("runs.jsonl");
    String before = Files.readString(log);
    SpeedReport.run(SpeedOptions.parse(arguments));

    assertThat(log).hasContent(before);
    assertThat(RunLog.resume(log).runs()).hasSize(3).noneMatch(Run::failed);
    assertThat(directory.resolve("out"))
        .isDirectoryContaining("glob:**performance.md")
        .isDirectoryContaining("glob:**performance.json")
        .isDirectoryContaining("glob:**performance.svg");
    assertThat(Files.readString(directory.resolve("out").resolve("performance.md")))
        .contains("| Q8_0 | pp128 | 1 | quant4j |");
  }
}
