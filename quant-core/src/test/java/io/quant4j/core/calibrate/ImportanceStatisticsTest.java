package io.quant4j.core.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.ImportanceStatistics;
import io.quant4j.api.ImportanceStatistics.LayerFigures;
import io.quant4j.api.ImportanceStatistics.TensorFigures;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ImportanceStatisticsTest {
  private static final int TENSORS = 42;

  /** Upstream prints rounded numbers, and computes them with floats. */
  private static void assertPrinted(double actual, String printed, String what) {
    String number = printed.replace("%", "");
    int decimals = number.length() - 1 - number.indexOf('.');
    double scale = printed.endsWith("%") ? 100 : 1;
    double expected = Double.parseDouble(number);
    assertThat(scale * actual)
        .as(what)
        .isCloseTo(expected, within(.51 * Math.pow(10, -decimals) + 1e-6 * Math.abs(expected)));
  }

  @Test
  void figuresOfTensors_areThoseOfUpstream() {
    ImportanceStatistics statistics = GoldenImatrix.matrix().statistics();

    assertThat(statistics.tensors()).hasSize(TENSORS);
    for (String[] row : GoldenImatrix.statistics().subList(0, TENSORS)) {
      String name = "blk." + row[0] + "." + row[1] + ".weight";
      TensorFigures tensor =
          statistics.tensors().stream()
              .filter(t -> t.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new AssertionError(name));
      assertThat(tensor.kind()).isEqualTo(row[1]);
      assertThat(tensor.layer()).hasValue(Integer.parseInt(row[0]));
      assertPrinted(tensor.sum(), row[2], name + " sum");
      assertPrinted(tensor.min(), row[3], name + " min");
      assertPrinted(tensor.max(), row[4], name + " max");
      assertPrinted(tensor.mean(), row[5], name + " mean");
      assertPrinted(tensor.deviation(), row[6], name + " deviation");
      assertPrinted(tensor.active(), row[7], name + " active");
      assertThat(tensor.columns()).isEqualTo(Integer.parseInt(row[8]));
      assertPrinted(tensor.entropy(), row[9], name + " entropy");
      assertPrinted(tensor.normalizedEntropy(), row[10], name + " normalized entropy");
      assertPrinted(tensor.highShare(), row[11], name + " high share");
      assertPrinted(tensor.similarity().orElse(0), row[12], name + " similarity");
    }
  }

  @Test
  void figuresOfLayers_areThoseOfUpstream() {
    List<LayerFigures> layers = GoldenImatrix.matrix().statistics().layers();
    List<String[]> rows =
        GoldenImatrix.statistics().subList(TENSORS, GoldenImatrix.statistics().size());

    assertThat(layers).hasSameSizeAs(rows).hasSize(6);
    for (int i = 0; i < rows.size(); i++) {
      String[] row = rows.get(i);
      assertThat(layers.get(i).layer()).isEqualTo(Integer.parseInt(row[0]));
      assertPrinted(layers.get(i).sum(), row[1], "sum of layer " + i);
      assertPrinted(layers.get(i).highShare(), row[2], "high share of layer " + i);
      assertPrinted(layers.get(i).similarity(), row[3], "similarity of layer " + i);
    }
  }

  private static ImportanceStatistics of(Map<String, Entry> entries) {
    return new ImportanceMatrix(List.of(), 1, 512, new TreeMap<>(entries)).statistics();
  }

  @Test
  void expertsThatSawNothing_doNotCount() {
    Entry experts = new Entry(new float[] {4, 12, 7, 7, 0, 8}, new float[] {4, 0, 8});
    TensorFigures tensor = of(Map.of("blk.0.ffn_up_exps.weight", experts)).tensors().getFirst();

    assertThat(tensor.columns()).isEqualTo(4);
    assertThat(tensor.sum()).isEqualTo(1 + 3 + 0 + 1);
    assertThat(tensor.min()).isZero();
    assertThat(tensor.max()).isEqualTo(3);
    assertThat(tensor.active()).isEqualTo(.75);
    assertThat(tensor.highShare()).isEqualTo(.25);
  }

  @Test
  void entryThatSawNothing_isLeftOut() {
    assertThat(of(Map.of("blk.0.x.weight", new Entry(new float[2], new float[1]))).tensors())
        .isEmpty();
  }

  @Test
  void equalColumns_haveFullEntropy() {
    TensorFigures tensor =
        of(Map.of("output.weight", new Entry(new float[] {3, 3, 3, 3}, new float[] {3})))
            .tensors()
            .getFirst();

    assertThat(tensor.layer()).isEmpty();
    assertThat(tensor.kind()).isEqualTo("output");
    assertThat(tensor.entropy()).isEqualTo(2);
    assertThat(tensor.normalizedEntropy()).isEqualTo(1);
    assertThat(tensor.highShare()).isZero();
    assertThat(tensor.similarity()).isEmpty();
  }

  @Test
  void idleColumns_haveFiguresThatAreNumbers() {
    Entry idle = new Entry(new float[3], new float[] {5});
    ImportanceStatistics statistics = of(Map.of("blk.0.a.weight", idle, "blk.1.a.weight", idle));

    assertThat(statistics.tensors())
        .allSatisfy(tensor -> {
          assertThat(tensor.entropy()).isZero();
          assertThat(tensor.active()).isZero();
          assertThat(tensor.deviation()).isZero();
        });
    assertThat(statistics.tensors().getLast().similarity()).hasValue(0);
    assertThat(statistics.layers()).hasSize(2);
  }
}
