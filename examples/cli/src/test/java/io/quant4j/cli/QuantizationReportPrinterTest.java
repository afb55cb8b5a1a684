package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizationReport.OutputFile;
import io.quant4j.api.QuantizationReport.TensorReport;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuantizationReportPrinterTest {
  private static final QuantizationReport REPORT =
      new QuantizationReport(
          Path.of("out.gguf"),
          "Q4_K_M",
          List.of(
              tensor("blk.0.ffn_up.weight", FormatId.Q4_K, false, 0.003),
              tensor("blk.1.ffn_up.weight", FormatId.Q4_K, false, 0.004),
              tensor("blk.0.odd.weight", FormatId.Q8_0, true, 0)),
          List.of(new OutputFile(Path.of("out.gguf"), 3000)),
          List.of("blk.1.ffn_up.weight"),
          Duration.ofMillis(1500));

  @Test
  void text_sumsByFormatAndNamesFallbacks() {
    StringWriter out = new StringWriter();
    QuantizationReportPrinter.print(REPORT, new PrintWriter(out));

    assertThat(out.toString().lines())
        .containsExactly(
            "out.gguf: Q4_K_M, 2.93 KiB of 6.00 KiB, 1.50 s",
            "",
            "format  tensors  elements      size  bits/weight      rmse",
            "Q4_K          2     2,048  1.13 KiB        4.500  0.003536",
            "Q8_0          1     1,024     576 B        4.500  0.000000",
            "all           3     3,072  1.69 KiB        4.500  0.002887",
            "blk.0.odd.weight [4, 256] does not fit the recipe's format; it became Q8_0.",
            "The importance matrix has no entry for blk.1.ffn_up.weight.");
  }

  @Test
  void json_holdsEveryTensor() {
    StringWriter out = new StringWriter();
    Json.print(new PrintWriter(out), QuantizationReportPrinter.json(REPORT));

    assertThat(out.toString())
        .contains("\"target\" : \"out.gguf\"")
        .contains("\"name\" : \"blk.0.odd.weight\"")
        .contains("\"shape\" : [ 4, 256 ]")
        .contains("\"fallback\" : true")
        .contains("\"seconds\" : 1.5");
  }

  private static TensorReport tensor(String name, FormatId target, boolean fallback, double rmse) {
    return new TensorReport(
        name,
        Shape.of(4, 256),
        FormatId.BF16,
        target,
        fallback,
        2048,
        576,
        rmse,
        Duration.ofMillis(10));
  }
}
