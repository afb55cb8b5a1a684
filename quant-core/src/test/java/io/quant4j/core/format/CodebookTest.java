package io.quant4j.core.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodebookTest {

  /** Checksums of upstream's tables as signed bytes, one point after the other. */
  @ParameterizedTest
  @CsvSource({
    "IQ2_XXS, 256, 8, 3, 9924ff02",
    "IQ2_XS, 512, 8, 3, fa1e1bfd",
    "IQ2_S, 1024, 8, 3, 25ae5bf1",
    "IQ3_XXS, 256, 4, 8, 07ba9ed0",
    "IQ3_S, 512, 4, 8, f576e4f3",
    "IQ1_S, 2048, 8, 3, b85e6ccf"
  })
  void points_areUpstreams(String name, int size, int components, int levels, String checksum) {
    Codebook codebook = codebook(name);
    CRC32 crc = new CRC32();
    for (int point = 0; point < codebook.size(); point++) {
      for (int i = 0; i < codebook.components(); i++) {
        crc.update(codebook.value(point, i));
      }
    }

    assertThat(codebook.size()).isEqualTo(size);
    assertThat(codebook.components()).isEqualTo(components);
    assertThat(codebook.levels()).isEqualTo(levels);
    assertThat(crc.getValue()).isEqualTo(Long.parseLong(checksum, 16));
  }

  @ParameterizedTest
  @CsvSource({"IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ1_S"})
  void candidates_ofTheLevelsOfPoints_areThosePoints(String name) {
    Codebook codebook = codebook(name);
    byte[] levels = new byte[codebook.components()];
    int points = 0;
    for (int candidate = 0; candidate < codebook.candidates(); candidate++) {
      codebook.putLevels(candidate, levels, 0);
      int point = codebook.indexOf(candidate);
      assertThat(codebook.candidate(levels, 0)).isEqualTo(candidate);
      if (point >= 0) {
        assertThat(point).isEqualTo(points++);
        for (int i = 0; i < levels.length; i++) {
          assertThat(codebook.level(point, i)).isEqualTo(levels[i]);
        }
      }
    }
    assertThat(points).isEqualTo(codebook.size());
  }

  @Test
  void bestNeighbour_ofOneDistance_isTheNearestPoint() {
    CodebookNeighbours neighbours = new CodebookNeighbours(Codebook.IQ3_S, 1);
    int checked = 0;
    for (int candidate = 0; candidate < Codebook.IQ3_S.candidates(); candidate++) {
      if (Codebook.IQ3_S.indexOf(candidate) < 0) {
        float[] errors = squares(Codebook.IQ3_S, candidate);
        int expected = leastError(Codebook.IQ3_S, errors);
        assertThat(neighbours.best(candidate, errors)).isEqualTo(expected);
        checked++;
      }
    }
    assertThat(checked).isEqualTo(4096 - 512);
  }

  /** Points further away are better here, but are no neighbours. */
  @Test
  void bestNeighbour_ofMoreDistances_reachesFurther() {
    byte[] levels = {0, 1, 1, 1, 1, 1, 1, 1};
    int candidate = Codebook.IQ2_XXS.candidate(levels, 0);
    assertThat(Codebook.IQ2_XXS.indexOf(candidate)).isEqualTo(-1);
    int previous = 0;
    for (int distances = 1; distances <= 3; distances++) {
      CodebookNeighbours neighbours = new CodebookNeighbours(Codebook.IQ2_XXS, distances);
      float[] negated = squares(Codebook.IQ2_XXS, candidate);
      for (int i = 0; i < negated.length; i++) {
        negated[i] = 4 - negated[i];
      }
      int distance = distance(Codebook.IQ2_XXS, candidate, neighbours.best(candidate, negated));
      assertThat(distance).as("%d distances", distances).isGreaterThan(previous);
      previous = distance;
    }
  }

  private static float[] squares(Codebook codebook, int candidate) {
    byte[] levels = new byte[codebook.components()];
    codebook.putLevels(candidate, levels, 0);
    float[] errors = new float[codebook.components() * codebook.levels()];
    for (int i = 0; i < levels.length; i++) {
      for (int level = 0; level < codebook.levels(); level++) {
        errors[i * codebook.levels() + level] = (level - levels[i]) * (level - levels[i]);
      }
    }
    return errors;
  }

  private static int distance(Codebook codebook, int candidate, int point) {
    float[] errors = squares(codebook, candidate);
    float sum = 0;
    for (int i = 0; i < codebook.components(); i++) {
      sum += errors[i * codebook.levels() + codebook.level(point, i)];
    }
    return (int) sum;
  }

  private static int leastError(Codebook codebook, float[] errors) {
    int best = -1;
    float least = Float.POSITIVE_INFINITY;
    for (int point = 0; point < codebook.size(); point++) {
      float sum = 0;
      for (int i = 0; i < codebook.components(); i++) {
        sum += errors[i * codebook.levels() + codebook.level(point, i)];
      }
      if (sum < least) {
        least = sum;
        best = point;
      }
    }
    return best;
  }

  private static Codebook codebook(String name) {
    return switch (name) {
      case "IQ2_XXS" -> Codebook.IQ2_XXS;
      case "IQ2_XS" -> Codebook.IQ2_XS;
      case "IQ2_S" -> Codebook.IQ2_S;
      case "IQ3_XXS" -> Codebook.IQ3_XXS;
      case "IQ3_S" -> Codebook.IQ3_S;
      default -> Codebook.IQ1_S;
    };
  }
}
