package io.quant4j.kernels.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.AttentionShape;
import io.quant4j.kernels.cuda.driver.DeviceFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Shared memory of a block is what the compiled kernel declares and what its launch adds. Devices
 * that take a kernel have it.
 */
class SharedMemoryTest {
  private static final Path COMPILED =
      Path.of(
          Objects.requireNonNull(System.getProperty("quant4j.root")),
          "quant-kernels-cuda/src/main/resources/io/quant4j/kernels/cuda");

  /** What a block has on every device without asking for more. */
  private static final int USUAL_BYTES = 48 << 10;

  private static final Pattern KERNEL =
      Pattern.compile("\\.entry (\\w+)(.*?)(?=\\.entry |\\z)", Pattern.DOTALL);

  private static final Pattern DECLARED =
      Pattern.compile("(?m)^\\s*\\.shared .*?\\.b(\\d+) \\w+(?:\\[(\\d+)])?;");

  /** Bytes that each kernel of a module declares. */
  private static Map<String, Integer> declared(String module) throws IOException {
    String text = Files.readString(COMPILED.resolve(module + ".ptx"), StandardCharsets.US_ASCII);
    int ofAll = sum(text.substring(0, text.indexOf(".entry ")));
    Map<String, Integer> bytes = new TreeMap<>();
    for (MatchResult kernel : KERNEL.matcher(text).results().toList()) {
      bytes.put(kernel.group(1), ofAll + sum(kernel.group(2)));
    }
    return bytes;
  }

  private static int sum(String text) {
    return DECLARED
        .matcher(text)
        .results()
        .mapToInt(one ->
            Integer.parseInt(one.group(1))
                / Byte.SIZE
                * Integer.parseInt(Objects.requireNonNullElse(one.group(2), "1")))
        .sum();
  }

  private static int declared(String module, String kernel) throws IOException {
    return Objects.requireNonNull(declared(module).get(kernel), module + "." + kernel);
  }

  @Test
  void kernels_declareWhatEveryDeviceHas() throws IOException {
    List<String> modules;
    try (Stream<Path> files = Files.list(COMPILED)) {
      modules =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".ptx"))
              .map(name -> name.substring(0, name.length() - ".ptx".length()))
              .toList();
    }
    for (String module : modules) {
      assertThat(declared(module)).as(module).isNotEmpty();
      assertThat(declared(module).values()).as(module).allMatch(bytes -> bytes <= USUAL_BYTES);
    }
    assertThat(declared("weights_q8_0", "matvec_4")).isGreaterThan(1_000);
  }

  @Test
  void productsOfTiles_areWithinWhatDevicesWithTensorCoresHave() throws IOException {
    for (DeviceFormat format : DeviceFormat.all()) {
      if (format.tileBytes() > 0) {
        for (String suffix : List.of("", "_90")) {
          declared(format.module(true) + suffix)
              .forEach((kernel, bytes) ->
                  assertThat(bytes + (kernel.startsWith("matvec") ? format.tileBytes() : 0))
                      .as("%s of %s%s", kernel, format.id(), suffix)
                      .isLessThanOrEqualTo(DeviceFacts.TENSOR_SHARED_BYTES));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 96, 128, 256})
  void attentionOfManyRows_isWithinWhatDevicesWithTensorCoresHave(int headDim) throws IOException {
    int launched = Geometry.rowAttention(new AttentionShape(8, 8, headDim, 1), 64).sharedBytes();
    for (String cache : List.of("f32", "f16", "q8")) {
      String kernel = "attention_rows_" + cache + "_" + headDim;
      assertThat(declared("attention_mma_" + cache, kernel) + launched)
          .as(kernel)
          .isLessThanOrEqualTo(DeviceFacts.TENSOR_SHARED_BYTES);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"f16", "bf16"})
  void tensorProducts_areWithinWhatDevicesWithTensorCoresHave(String type) throws IOException {
    assertThat(
            declared("gemm_mma", "gemm_" + type) + Geometry.tensorProducts(128, 128).sharedBytes())
        .isLessThanOrEqualTo(DeviceFacts.TENSOR_SHARED_BYTES);
  }

  @ParameterizedTest
  @CsvSource({"64, false", "128, false", "256, false", "64, true", "128, true", "256, true"})
  void warpgroupProducts_areWithinWhatTheirDevicesHave(int tile, boolean stored)
      throws IOException {
    int launched = Geometry.warpgroupProducts(1, 1, tile, stored).sharedBytes();
    String module = stored ? "gemm_wgmma_q4_k" : "gemm_wgmma";
    String kernel = stored ? "gemm_" + tile : "gemm_f16_" + tile;
    assertThat(declared(module, kernel) + launched)
        .isLessThanOrEqualTo(DeviceFacts.WARPGROUP_SHARED_BYTES);
  }
}
