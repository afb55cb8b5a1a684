package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.FileSplit;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Boundaries as those of llama-gguf-split, which the end of a file's tensors shows. */
class FileSplittingTest {
  private static List<TensorPlan> tensors(long... bytes) {
    return Arrays.stream(bytes)
        .<TensorPlan>mapToObj(size ->
            new TensorPlan.Computed(
                "t",
                new PlannedTensor(Optional.empty(), "t", FormatId.F32, Shape.of(size), size),
                new float[0]))
        .toList();
  }

  private static List<Integer> split(FileSplit split, long... bytes) {
    return FileSplitting.tensorsPerFile(split, tensors(bytes), Models.sized());
  }

  @Test
  void byTensors_closesAFileWhenItIsFull() {
    assertThat(split(new FileSplit.MaxTensors(2, false), 1, 1, 1, 1, 1)).containsExactly(2, 2, 1);
    assertThat(split(new FileSplit.MaxTensors(2, false), 1, 1)).containsExactly(2);
    assertThat(split(new FileSplit.MaxTensors(2, true), 1, 1, 1)).containsExactly(0, 2, 1);
    assertThat(split(new FileSplit.MaxTensors(1, false))).containsExactly(0);
  }

  @Test
  void byBytes_countsPaddedTensors() {
    assertThat(split(new FileSplit.MaxBytes(64, false), 1, 32, 1)).containsExactly(2, 1);
    assertThat(split(new FileSplit.MaxBytes(96, false), 1, 33, 1)).containsExactly(2, 1);
    assertThat(split(new FileSplit.MaxBytes(64, true), 32, 32)).containsExactly(0, 2);
  }

  @Test
  void byBytes_givesALargeTensorAFileOfItsOwn() {
    assertThat(split(new FileSplit.MaxBytes(64, false), 500, 32, 32, 500, 1))
        .containsExactly(1, 2, 1, 1);
  }

  /** What llama-gguf-split (commit 34af94cd9ab2) makes of tiny-novels in Q4_K_M. */
  @Test
  void boundaries_areThoseOfLlamaCpp() {
    MemoryCheckpoint tinyNovels = Models.sized(Models.metadata(6, 256, 768, 4096), FormatId.F32);

    assertThat(tensorsPerFile(new FileSplit.MaxBytes(1_000_000, false), tinyNovels))
        .containsExactly(7, 18, 18, 13);
    assertThat(tensorsPerFile(new FileSplit.MaxBytes(1_000_000, true), tinyNovels))
        .containsExactly(0, 7, 18, 18, 13);
    assertThat(tensorsPerFile(new FileSplit.MaxTensors(10, false), tinyNovels))
        .containsExactly(10, 10, 10, 10, 10, 6);
  }

  private static List<Integer> tensorsPerFile(FileSplit split, MemoryCheckpoint source) {
    return Requests.of("Q4_K_M")
        .split(split)
        .plan(source, new MemoryWriter())
        .contents()
        .tensorsPerFile();
  }

  @Test
  void single_isOneFileOfTheTargetsName() {
    assertThat(split(new FileSplit.Single(), 1, 2)).isEmpty();
  }
}
