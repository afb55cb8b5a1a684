package io.quant4j.core.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorInfo;
import io.quant4j.api.tensor.TensorView;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SafetensorsTensorsTest {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @TempDir Path directory;

  private SafetensorsTensors open(byte[] file) throws IOException {
    return SafetensorsTensors.openFile(Files.write(directory.resolve("model.safetensors"), file));
  }

  @Test
  void infos_severalTensors_followTheOrderOfTheData() throws IOException {
    String header =
        "{\"b\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[4,16]},"
            + "\"a\":{\"data_offsets\":[0,4],\"shape\":[],\"dtype\":\"F32\"}}  ";
    try (SafetensorsTensors tensors = open(SafetensorsBytes.file(header, 16))) {
      assertThat(tensors.infos())
          .containsExactly(
              new TensorInfo("a", FormatId.F32, Shape.of(), 4),
              new TensorInfo("b", FormatId.BF16, Shape.of(2, 3), 12));
    }
  }

  @Test
  void view_readableTypes_givesTheStoredBytesWhateverTheirAlignment() throws IOException {
    byte[] file =
        new SafetensorsBytes()
            .tensor("odd", "U8", new byte[] {1, 2, 3}, 3)
            .floats("f", new float[] {1.5f, -2}, 1, 2)
            .tensor("h", "F16", new byte[] {0, 0x3c}, 1)
            .bytes();
    try (SafetensorsTensors tensors = open(file)) {
      TensorView view = tensors.view("f");
      assertThat(view.format()).isEqualTo(FormatId.F32);
      assertThat(view.shape()).isEqualTo(Shape.of(1, 2));
      assertThat(view.data().byteSize()).isEqualTo(8);
      assertThat(view.data().get(FLOAT, 0)).isEqualTo(1.5f);
      assertThat(view.data().get(FLOAT, 4)).isEqualTo(-2f);
      assertThat(view.data().isReadOnly()).isTrue();
      assertThat(tensors.view("h").data().toArray(ValueLayout.JAVA_BYTE)).containsExactly(0, 0x3c);
    }
  }

  @Test
  void view_emptyTensor_hasNoBytes() throws IOException {
    byte[] file =
        new SafetensorsBytes().zeros("none", "F32", 4, 0, 7).zeros("x", "F32", 4, 1).bytes();
    try (SafetensorsTensors tensors = open(file)) {
      assertThat(tensors.view("none").data().byteSize()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"F8_E4M3", "I64", "BOOL", "F6_E3M2", "Q4_NEW"})
  void view_typeThatIsNotRead_isListedButRefused(String dtype) throws IOException {
    byte[] file = new SafetensorsBytes().tensor("t", dtype, new byte[24], elements(dtype)).bytes();
    try (SafetensorsTensors tensors = open(file)) {
      assertThat(tensors.infos().getFirst().format()).isEqualTo(new FormatId(dtype));
      assertThatThrownBy(() -> tensors.view("t"))
          .isInstanceOf(UnsupportedModelException.class)
          .hasMessageContainingAll(dtype, "'t'", "BF16");
    }
  }

  private static long elements(String dtype) {
    return switch (dtype) {
      case "I64" -> 3;
      case "F6_E3M2" -> 32;
      default -> 24;
    };
  }

  @Test
  void view_nameThatIsNotThere_isAnInvalidRequest() throws IOException {
    try (SafetensorsTensors tensors = open(SafetensorsBytes.file("{}", 0))) {
      assertThat(tensors.infos()).isEmpty();
      assertThatThrownBy(() -> tensors.view("t")).isInstanceOf(InvalidRequestException.class);
    }
  }

  @Test
  void close_twice_isQuietAndEndsViews() throws IOException {
    SafetensorsTensors tensors = open(new SafetensorsBytes().zeros("t", "F32", 4, 2).bytes());
    MemorySegment data = tensors.view("t").data();
    tensors.close();
    tensors.close();
    assertThat(data.scope().isAlive()).isFalse();
    assertThatThrownBy(() -> tensors.view("t"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void open_missingFile_isAnIoError() {
    assertThatThrownBy(() -> SafetensorsTensors.openFile(directory.resolve("none.safetensors")))
        .isInstanceOf(ModelIoException.class)
        .hasMessageContaining("none.safetensors");
  }

  @Test
  void open_directory_isAnIoError() {
    assertThatThrownBy(() -> SafetensorsTensors.openFile(directory))
        .isInstanceOf(ModelIoException.class);
  }

  /**
   * A sparse file of 5 GiB: one tensor of 4 GiB, then a small one whose last element is not zero.
   */
  @Test
  @Timeout(20)
  void view_beyondFourGibibytes_readsTheRightBytes() throws IOException {
    long big = 1L << 32;
    String header =
        "{\"big\":{\"dtype\":\"BF16\",\"shape\":[32768,65536],\"data_offsets\":[0,%d]},"
                .formatted(big)
            + "\"last\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[%d,%d]}}"
                .formatted(big, big + 12);
    byte[] head = SafetensorsBytes.file(header, 0);
    Path path = directory.resolve("model.safetensors");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(head);
      file.setLength(head.length + big + 12);
      file.seek(head.length + big + 8);
      file.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(42.5f).array());
    }
    try (SafetensorsTensors tensors = SafetensorsTensors.openFile(path)) {
      MemorySegment last = tensors.view("last").data();
      assertThat(last.get(FLOAT, 0)).isZero();
      assertThat(last.get(FLOAT, 8)).isEqualTo(42.5f);
      MemorySegment whole = tensors.view("big").data();
      assertThat(whole.byteSize()).isEqualTo(big);
      assertThat(whole.get(ValueLayout.JAVA_BYTE, big - 1)).isZero();
    }
  }
}
