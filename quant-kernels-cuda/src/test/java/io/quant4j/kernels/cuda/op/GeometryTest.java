package io.quant4j.kernels.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.spi.AttentionShape;
import io.quant4j.kernels.cuda.driver.Grid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Grids at the edges of shapes; the numbers are those of KERNELS.md. */
class GeometryTest {

  private static AttentionShape attention(int heads, int kvHeads, int headDim) {
    return new AttentionShape(heads, kvHeads, headDim, 1);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "256, 1", "257, 2", "1000000000, 3906250"})
  void elements_takeAThreadEach(long n, int blocks) {
    assertThat(Geometry.elements(n)).isEqualTo(new Grid(blocks, 1, 1, 256, 0));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1024, 1", "1025, 2", "128256, 126", "2147483646, 2097152"})
  void search_takesAThousandABlock(int elements, int blocks) {
    assertThat(Geometry.search(elements)).isEqualTo(new Grid(blocks, 1, 1, 1_024, 0));
  }

  @Test
  void elements_beyondAGridAreAFault() {
    assertThatThrownBy(() -> Geometry.elements(1L << 40)).isInstanceOf(ArithmeticException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 65535, 1, 1",
    "16, 1, 1, 65535, 1, 1",
    "17, 2, 2, 65535, 1, 2",
    "128256, 1, 1, 65535, 1, 8016",
    "128256, 1, 1, 264, 1, 264",
    "4096, 9, 4, 65535, 3, 256",
    "4096, 100000, 4, 264, 25000, 256"
  })
  void products_takeSixteenRowsABlock(int rows, int batch, int vectors, int most, int x, int y) {
    assertThat(Geometry.products(rows, batch, vectors, most, 73_728))
        .isEqualTo(new Grid(x, y, 1, 256, 73_728));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "2048, 7, 1, 7", "2049, 1, 2, 1", "14336, 65535, 7, 65535"})
  void decoding_takesTwoThousandColumnsABlock(int cols, int rows, int x, int y) {
    assertThat(Geometry.decoding(cols, rows)).isEqualTo(new Grid(x, y, 1, 256, 0));
  }

  @Test
  void rowsBeyondAGrid_areAFault() {
    assertThatThrownBy(() -> Geometry.decoding(1, 65_536))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("65536");
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "128, 128, 1, 1", "129, 4097, 2, 33", "2048, 14336, 16, 112"})
  void tensorProducts_takeTiles(int batch, int rows, int x, int y) {
    assertThat(Geometry.tensorProducts(batch, rows)).isEqualTo(new Grid(x, y, 1, 128, 65_536));
  }

  @ParameterizedTest
  @CsvSource({
    // batch, rows, tile
    "2048, 14336, 256",
    "2048, 4096, 256",
    "512, 4096, 128",
    "512, 14336, 256",
    "100, 128256, 128",
    "100, 4096, 64",
    "1, 1, 64"
  })
  void warpgroupTile_takesTheLeastTime(int batch, int rows, int tile) {
    assertThat(Geometry.warpgroupTile(batch, rows, 132)).isEqualTo(tile);
  }

  @ParameterizedTest
  @CsvSource({
    "2048, 14336, 256, true, 8, 112, 133120",
    "2049, 129, 256, false, 9, 2, 198656",
    "100, 128, 128, true, 1, 1, 133120",
    "129, 1, 128, false, 2, 1, 133120",
    "1, 1, 64, true, 1, 1, 67584",
    "65, 4096, 64, false, 2, 32, 198656"
  })
  void warpgroupProducts_takeTilesAndStages(
      int batch, int rows, int tile, boolean stored, int x, int y, int shared) {
    assertThat(Geometry.warpgroupProducts(batch, rows, tile, stored))
        .isEqualTo(new Grid(x, y, 1, 384, shared));
  }

  @Test
  void warpgroupPairs_takeHalfAsManyRowsOfEach() {
    assertThat(Geometry.warpgroupPairs(300, 65, 256, true))
        .isEqualTo(new Grid(2, 2, 1, 384, 133_120));
  }

  @ParameterizedTest
  @CsvSource({"16384, 128, 256", "4096, 128, 64", "12288, 128, 128", "200, 8, 64"})
  void expertTile_isAboutWhatAnExpertHas(int slots, int experts, int tile) {
    assertThat(Geometry.expertTile(slots, experts)).isEqualTo(tile);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "65, 64, 1, 2", "3, 65, 2, 1"})
  void floatProducts_takeTiles(int batch, int rows, int x, int y) {
    assertThat(Geometry.floatProducts(batch, rows)).isEqualTo(new Grid(x, y, 1, 256, 0));
  }

  @ParameterizedTest
  @CsvSource({"32, 8, 1, 12", "0, 1, 3, 1", "71, 71, 2, 54"})
  void rotateStore_takesFourHeadsABlock(int heads, int kvHeads, int batch, int x) {
    assertThat(Geometry.rotateStore(heads, kvHeads, batch))
        .isEqualTo(new Grid(x, batch, 1, 128, 0));
  }

  @ParameterizedTest
  @CsvSource({
    // heads, kvHeads, capacity, batch, multiprocessors, splits
    "32, 8, 512, 1, 132, 16",
    "32, 8, 4096, 1, 132, 66",
    "32, 8, 131072, 1, 132, 66",
    "71, 1, 131072, 1, 132, 59",
    "8, 8, 1, 1, 132, 1",
    "8, 8, 65, 15, 132, 3",
    "1, 1, 131072, 1, 132, 256",
    "32, 32, 131072, 100, 16, 1"
  })
  void splits_occupyTheDeviceButNotMore(
      int heads, int kvHeads, int capacity, int batch, int multiprocessors, int splits) {
    assertThat(Geometry.splits(attention(heads, kvHeads, 128), capacity, batch, multiprocessors))
        .isEqualTo(splits);
  }

  @Test
  void attention_takesEightHeadsOfAGroupABlock() {
    assertThat(Geometry.splitAttention(attention(32, 8, 128), 5, 3))
        .isEqualTo(new Grid(8, 5, 3, 128, 0));
    assertThat(Geometry.splitAttention(attention(18, 2, 128), 1, 1))
        .isEqualTo(new Grid(4, 1, 1, 128, 0));
  }

  @Test
  void attentionOfManyRows_takesSharedMemoryByHeadSize() {
    assertThat(Geometry.rowAttention(attention(32, 8, 256), 65))
        .isEqualTo(new Grid(2, 32, 1, 128, 101_376));
    assertThat(Geometry.rowAttention(attention(32, 8, 64), 64))
        .isEqualTo(new Grid(1, 32, 1, 128, 27_648));
  }
}
