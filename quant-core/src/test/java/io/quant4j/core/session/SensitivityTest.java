package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.TensorSensitivity;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What errors in each matrix of a real model do to its predictions. */
@Timeout(120)
class SensitivityTest {
  private static final String TEXT =
      "The old man looked at the door, and the door looked at the old man. ".repeat(8);

  @Test
  void measureSensitivity_realModel_everyMatrixAndTheEmbeddingMost() {
    PerplexityOptions options = PerplexityOptions.defaults().withContext(16).withChunks(2);
    TensorSensitivity sensitivity;
    try (Model model = Model.load(TinyNovels.directory(), LoadOptions.defaults().withThreads(2))) {
      sensitivity = model.measureSensitivity(TEXT, Optional.empty(), options);
    }

    assertThat(sensitivity.losses())
        .hasSize(1 + 6 * 7)
        .allSatisfy((name, loss) -> assertThat(loss).as(name).isPositive());
    double embedding = sensitivity.find("token_embd.weight").orElseThrow();
    assertThat(sensitivity.losses().values()).allMatch(loss -> loss <= embedding);
  }
}
