package io.quant4j.core.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.tensor.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ShardedSafetensorsTest {
  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";

  @TempDir Path directory;

  @BeforeEach
  void writeShards() throws IOException {
    write(FIRST, new SafetensorsBytes().zeros("a", "F32", 4, 1).zeros("b", "F32", 4, 2).bytes());
    write(SECOND, new SafetensorsBytes().zeros("c", "BF16", 2, 3).bytes());
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(directory.resolve(name), bytes);
  }

  private Path index(String weightMap) throws IOException {
    String json = "{\"metadata\":{\"total_size\":18},\"weight_map\":{" + weightMap + "}}";
    return Files.writeString(directory.resolve("model.safetensors.index.json"), json);
  }

  private static String entry(String tensor, String shard) {
    return "\"" + tensor + "\":\"" + shard + "\"";
  }

  private static String complete() {
    return String.join(",", entry("c", SECOND), entry("b", FIRST), entry("a", FIRST));
  }

  @Test
  void open_twoShards_listsTheTensorsOfBoth() throws IOException {
    try (var tensors = SafetensorsTensors.openShards(index(complete()))) {
      assertThat(tensors.infos()).extracting(TensorInfo::name).containsExactly("a", "b", "c");
      assertThat(tensors.view("c").data().byteSize()).isEqualTo(6);
    }
  }

  @Test
  void open_shardThatIsAbsent_namesIt() throws IOException {
    Files.delete(directory.resolve(SECOND));
    refused(index(complete()), "missing", SECOND);
  }

  @Test
  void open_tensorOfTheIndexThatNoShardHolds_isRefused() throws IOException {
    refused(index(complete() + "," + entry("d", FIRST)), "'d'", "not in " + FIRST);
  }

  @Test
  void open_tensorThatTheIndexDoesNotName_isRefused() throws IOException {
    refused(index(entry("a", FIRST) + "," + entry("c", SECOND)), "'b'", "does not name it");
  }

  @Test
  void open_tensorInAnotherShardThanStated_isRefused() throws IOException {
    refused(
        index(complete().replace(entry("b", FIRST), entry("b", SECOND))), "'b'", "places it in");
  }

  @Test
  void open_tensorInTwoShards_isRefused() throws IOException {
    write(SECOND, new SafetensorsBytes().zeros("c", "F32", 4, 1).zeros("a", "F32", 4, 1).bytes());
    refused(index(complete()), "'a'", "two shards", FIRST, SECOND);
  }

  @Test
  void open_damagedShard_namesTheShard() throws IOException {
    write(SECOND, new byte[5]);
    refused(index(complete()), SECOND, "only 5 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x.safetensors",
        "/tmp/x.safetensors",
        "sub/x.safetensors",
        "..\\\\x.safetensors",
        "C:x.safetensors",
        "x\\u0000.safetensors",
        ".safetensors",
        "x.bin",
        ".."
      })
  void open_shardNameThatIsNoPlainFileName_isRefused(String shard) throws IOException {
    refused(index(entry("a", shard)), "not the name of a file beside the index", "'a'");
  }

  static Stream<String> damagedIndexes() {
    return Stream.of(
        "",
        "[]",
        "{}",
        "{\"weight_map\":{}}",
        "{\"weight_map\":[]}",
        "{\"weight_map\":{\"a\":1}}",
        "{\"weight_map\":{\"a\":\"x.safetensors\",\"a\":\"x.safetensors\"}}",
        "{\"weight_map\":{\"a\":\"x.safetensors\"}");
  }

  @ParameterizedTest
  @MethodSource("damagedIndexes")
  void open_indexThatIsNone_isRefused(String json) throws IOException {
    refused(
        Files.writeString(directory.resolve("model.safetensors.index.json"), json), "index.json");
  }

  private static void refused(Path index, String... words) {
    assertThatThrownBy(() -> SafetensorsTensors.openShards(index))
        .isInstanceOf(MalformedModelException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }
}
