package io.quant4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.ImportanceMatrixFormat;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ServicesTest {

  @Test
  void readerAndWriter_areFoundOnTheClassPath() {
    assertThat(ServiceLoader.load(CheckpointReader.class))
        .hasAtLeastOneElementOfType(GgufReader.class);
    assertThat(ServiceLoader.load(CheckpointWriter.class))
        .hasAtLeastOneElementOfType(GgufWriter.class);
  }

  @Test
  void formatsOfImportanceMatrices_areFoundOnTheClassPath() {
    assertThat(ServiceLoader.load(ImportanceMatrixFormat.class))
        .hasAtLeastOneElementOfType(GgufImportanceMatrix.class)
        .hasAtLeastOneElementOfType(LegacyImportanceMatrix.class);
  }

  @Test
  void reader_recognizesMagicOrExtension() {
    GgufReader reader = new GgufReader();
    Path other = Path.of("blob");
    Path gguf = Path.of("x.GGUF");
    assertThat(reader.recognizes(other, new byte[] {'G', 'G', 'U', 'F', 3})).isTrue();
    assertThat(reader.recognizes(other, new byte[] {'G', 'G', 'U'})).isFalse();
    assertThat(reader.recognizes(gguf, new byte[] {'<', 'h'})).isTrue();
    assertThat(reader.recognizes(gguf, new byte[0])).isFalse();
  }
}
