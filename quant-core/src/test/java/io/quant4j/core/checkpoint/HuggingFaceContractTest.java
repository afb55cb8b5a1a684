package io.quant4j.core.checkpoint;

import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.contract.CheckpointReaderContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The contract of readers, with a directory of three files. */
class HuggingFaceContractTest extends CheckpointReaderContract {
  private static final Pattern ENTRY =
      Pattern.compile("\"([^\"]+)\":\\{\"dtype\"[^}]+\"data_offsets\":\\[(\\d+),(\\d+)]}");

  @Override
  protected CheckpointReader reader() {
    return TinyCheckpoint.reader();
  }

  @Override
  protected Sample writeSample(Path directory) throws IOException {
    TinyCheckpoint checkpoint =
        new TinyCheckpoint(directory)
            .write("tokenizer.json", TinyCheckpoint.TOKENIZER.stripTrailing());
    Path weights = directory.resolve("model.safetensors");
    byte[] file = Files.readAllBytes(weights);
    int data = 8 + ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt();
    byte[] noise = new byte[file.length - data];
    new Random(1).nextBytes(noise);
    System.arraycopy(noise, 0, file, data, noise.length);
    checkpoint.write("model.safetensors", file);
    return new Sample(directory, tensors(file, data));
  }

  private static Map<String, byte[]> tensors(byte[] file, int data) {
    Map<String, byte[]> tensors = new LinkedHashMap<>();
    String header = new String(file, 8, data - 8, StandardCharsets.UTF_8);
    for (MatchResult entry : ENTRY.matcher(header).results().toList()) {
      int from = data + Integer.parseInt(entry.group(2));
      int to = data + Integer.parseInt(entry.group(3));
      tensors.put(entry.group(1), Arrays.copyOfRange(file, from, to));
    }
    return tensors;
  }
}
