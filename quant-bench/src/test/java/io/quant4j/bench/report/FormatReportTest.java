package io.quant4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.bench.report.Series.Mark;
import io.quant4j.bench.report.Series.Point;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** How figures become text and a plot; the measurements themselves are tested elsewhere. */
class FormatReportTest {
  @TempDir private Path directory;

  @Test
  void options_haveDefaults() {
    ReportOptions options = ReportOptions.parse("--text", "t.txt", "--chunks", "7");

    assertThat(options.text()).isEqualTo(Path.of("t.txt"));
    assertThat(options.model().getFileName()).isEqualTo(Path.of("tiny-novels"));
    assertThat(options.upstream()).isPresent();
    assertThat(options.importance()).isEmpty();
    assertThat(options.context()).isEqualTo(256);
    assertThat(options.chunks()).isEqualTo(7);
  }

  @Test
  void optionsOfAnotherModel_haveNoFiguresOfUpstream() {
    assertThat(ReportOptions.parse("--text", "t", "--model", "m").upstream()).isEmpty();
  }

  @Test
  void wrongOptions_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> ReportOptions.parse());
    assertThatIllegalArgumentException().isThrownBy(() -> ReportOptions.parse("--text"));
    assertThatIllegalArgumentException().isThrownBy(() -> ReportOptions.parse("--txet", "t"));
  }

  @Test
  void axis_isLogarithmic() {
    LogAxis axis = new LogAxis(0.01, 100, 500, 100);

    assertThat(axis.place(0.01)).isEqualTo(500);
    assertThat(axis.place(1)).isCloseTo(300, within(1e-9));
    assertThat(axis.place(100)).isEqualTo(100);
    assertThat(axis.ticks(1, 5)).containsExactly(0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 50.0, 100.0);
  }

  @Test
  void labels_coverNothing() {
    Labels labels = new Labels(new Labels.Box(0, 0, 400, 400));
    List<Labels.Box> boxes = new ArrayList<>();
    labels.avoid(200, 200);
    for (int i = 0; i < 12; i++) {
      boxes.add(labels.place("Q4_K_M", 200, 200));
    }

    for (Labels.Box box : boxes) {
      assertThat(box.overlap(new Labels.Box(196, 196, 204, 204))).isZero();
      assertThat(boxes.stream().filter(other -> other.overlap(box) > 0)).hasSize(1);
    }
  }

  @Test
  void page_showsWhatThereIs() throws Exception {
    Quality plain = new Quality(3 << 20, 4.5, 0.07, 0.002, 0.0001, 0.95);
    Quality weighted = new Quality(3 << 20, 4.5, 0.08, 0.001, 0.0001, 0.96);
    Path figures =
        Files.writeString(
            directory.resolve("u.csv"),
            "# from somewhere\nQ4_K_M,plain,3145728,0.0025\nIQ1_S,importance,1000000,0.5\n");
    FormatsPage page = page(plain, weighted, UpstreamFigures.read(figures));

    assertThat(page.markdown())
        .contains(
            "| Q4_K_M | rtn | 3.00 | 4.50 | 95.00 % | 0.002000 | 0.002500 |"
                + " 96.00 % | 0.001000 | - |")
        .contains("| IQ1_S | 1.5625 | - | - | 8.000 % | 0.001000 | 2.5 | 12 | 100 | - |");
    Element svg = parse(page.plot());
    assertThat(texts(svg)).contains("Q4_K_M", "IQ1_S", "llama.cpp", "Quant4J, rtn");
    assertThat(texts(svg)).doesNotContain("Quant4J, optimal");
  }

  private static FormatsPage page(Quality plain, Quality weighted, UpstreamFigures upstream) {
    return new FormatsPage(
        ReportOptions.parse("--text", "t"),
        upstream,
        List.of(
            new FileTypeRow(
                "Q4_K_M", "rtn", new Comparison(Optional.of(plain), Optional.of(weighted)))),
        List.of(
            new FormatRow(
                "IQ1_S",
                1.5625,
                new Comparison(Optional.empty(), Optional.of(weighted)),
                OptionalDouble.of(2.5),
                OptionalDouble.of(12),
                OptionalDouble.of(100),
                OptionalDouble.empty())));
  }

  @Test
  void words_areEscaped() throws Exception {
    Series series = new Series("a < b & c", Mark.DIAMOND, "#000", List.of(new Point("<&>", 1, 1)));

    Element svg = parse(new ScatterPlot("x < y", "x", "y", List.of(series)).svg());

    assertThat(texts(svg)).contains("a < b & c", "<&>", "x < y");
  }

  private static Element parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
  }

  private static List<String> texts(Element svg) {
    NodeList nodes = svg.getElementsByTagName("text");
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }

  @Test
  void figures_areFoundByTypeAndImportance() throws IOException {
    UpstreamFigures figures =
        UpstreamFigures.read(
            Files.writeString(directory.resolve("f.csv"), "Q8_0,importance,5,0.25\n"));

    assertThat(figures.find("Q8_0", true).orElseThrow().divergence()).isEqualTo(0.25);
    assertThat(figures.find("Q8_0", false)).isEmpty();
  }
}
