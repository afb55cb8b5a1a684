package io.quant4j.gguf;

import static io.quant4j.gguf.GgufBytes.int32;
import static io.quant4j.gguf.GgufBytes.int64;
import static io.quant4j.gguf.GgufBytes.string;
import static io.quant4j.gguf.GgufBytes.uint32;
import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedDirectoryTest extends OpeningTest {
  private static final Class<MalformedModelException> MALFORMED = MalformedModelException.class;

  private static GgufBytes one(int type, long offset, long... sizes) {
    return GgufBytes.llama().tensor("t", type, offset, sizes).data(4096);
  }

  @Test
  void nameOf64Bytes_isRefused() {
    GgufBytes file = GgufBytes.llama().tensor("n".repeat(64), 0, 0, 1).data(4);
    assertRefused(file, MALFORMED, "a tensor name has 64 bytes", "63");
  }

  @Test
  void nameOf63Bytes_isRead() {
    try (Checkpoint checkpoint = open(GgufBytes.llama().tensor("n".repeat(63), 0, 0, 1).data(4))) {
      assertThat(checkpoint.tensors()).hasSize(1);
    }
  }

  @Test
  void nameThatIsNotUtf8_isRefused() {
    GgufBytes file = GgufBytes.llama().rawTensor(int64(1), new byte[] {(byte) 0xff}, new byte[40]);
    assertRefused(file, MALFORMED, "the tensor name is not UTF-8");
  }

  @Test
  void nameTwice_isRefused() {
    GgufBytes file = one(0, 0, 1).tensor("t", 0, 32, 1);
    assertThat(assertRefused(file, MALFORMED, "tensor name occurs twice").subject()).contains("t");
  }

  @ParameterizedTest
  @ValueSource(ints = {5, -1, Integer.MAX_VALUE})
  void moreThanFourDimensions_areRefused(int rank) {
    GgufBytes file = GgufBytes.llama().rawTensor(string("t"), int32(rank), new byte[100]);
    assertRefused(file, MALFORMED, "dimensions; at most 4 are allowed");
  }

  @Test
  void negativeSize_isRefused() {
    assertRefused(one(0, 0, 4, -1), MALFORMED, "a tensor size of -1 is negative");
  }

  @Test
  void elementCountBeyond63Bits_isRefused() {
    assertRefused(one(0, 0, 1L << 32, 1L << 31), MALFORMED, "number of elements does not fit");
  }

  @Test
  void elementCountBeyond63BitsBesideASizeOfZero_isRefused() {
    assertRefused(one(0, 0, 0, 1L << 32, 1L << 31), MALFORMED, "number of elements does not fit");
  }

  @Test
  void byteCountBeyond63Bits_isRefused() {
    assertRefused(one(0, 0, 1L << 62), MALFORMED, "number of bytes does not fit");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 31, 32, 33, 36, 37, 38})
  void removedType_isUnsupported(int type) {
    assertRefused(
        one(type, 0, 256), UnsupportedModelException.class, "tensor type " + type, "removed");
  }

  @ParameterizedTest
  @ValueSource(ints = {43, -1, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void unknownType_isUnsupported(int type) {
    assertRefused(one(type, 0, 256), UnsupportedModelException.class, "tensor type " + type);
  }

  @Test
  void rowThatIsNoWholeBlock_isRefused() {
    assertRefused(one(2, 0, 48, 2), MALFORMED, "rows of 48", "whole blocks of 32", "Q4_0");
  }

  @Test
  void scalarOfABlockType_isRefused() {
    assertRefused(one(8, 0), MALFORMED, "rows of 1", "whole blocks of 32");
  }

  @Test
  void gapBetweenTensors_isRefused() {
    GgufBytes file = one(0, 0, 8).tensor("u", 0, 64, 1);
    assertRefused(file, MALFORMED, "the data offset is 64 where 32 follows");
  }

  @Test
  void overlappingTensors_areRefused() {
    GgufBytes file = one(0, 0, 9).tensor("u", 0, 32, 1);
    assertRefused(file, MALFORMED, "the data offset is 32 where 64 follows");
  }

  @Test
  void firstTensorNotAtTheStart_isRefused() {
    assertRefused(one(0, 32, 8), MALFORMED, "the data offset is 32 where 0 follows");
  }

  @Test
  void negativeOffset_isRefused() {
    assertRefused(one(0, -32, 8), MALFORMED, "the data offset is 18446744073709551584");
  }

  @Test
  void sumOfSizesBeyond63Bits_isRefused() {
    long half = (1L << 60) - 8;
    GgufBytes file =
        GgufBytes.llama()
            .tensor("a", 0, 0, half)
            .tensor("b", 0, 4 * half, half)
            .tensor("c", 0, 8 * half, 16);
    assertRefused(file, MALFORMED, "the end of the tensor does not fit");
  }

  @Test
  void dataStartBeyondTheFile_isRefused() throws IOException {
    byte[] bytes = GgufBytes.llama().tensor("t", 0, 0, 0).bytes();
    assertRefused(Arrays.copyOf(bytes, bytes.length - 1), MALFORMED, "tensor data starts at byte");
  }

  @Test
  void dataThatEndsEarly_namesTheTensor() throws IOException {
    byte[] bytes = GgufBytes.llamaWithTensors().bytes();
    assertThat(
            assertRefused(Arrays.copyOf(bytes, bytes.length - 1), MALFORMED, "incomplete")
                .subject())
        .contains("output_norm.weight");
  }

  @Test
  void missingPaddingAfterTheLastTensor_isNoError() {
    GgufBytes file = one(0, 0, 9).data(36);
    try (Checkpoint checkpoint = open(file)) {
      assertThat(checkpoint.view(checkpoint.tensors().getFirst()).data().byteSize()).isEqualTo(36);
    }
  }

  @Test
  void sizeOfZeroBesideHugeOnes_isRead() {
    // Innermost first this product is 0 at once; outermost first it would overflow on the way.
    try (Checkpoint checkpoint = open(one(0, 0, 0, 1L << 31, 1L << 31))) {
      assertThat(checkpoint.tensors().getFirst().info().byteSize()).isZero();
    }
  }

  @Test
  void directoryOfTheExample_isReadWithOutermostSizesFirst() {
    try (Checkpoint checkpoint = open(GgufBytes.llamaWithTensors())) {
      StoredTensor embedding = checkpoint.tensors().getFirst();
      StoredTensor norm = checkpoint.tensors().getLast();
      assertThat(embedding.info().format()).isEqualTo(FormatId.F32);
      assertThat(embedding.info().shape()).isEqualTo(Shape.of(5, 8));
      assertThat(checkpoint.view(norm).shape()).isEqualTo(Shape.of(8));
      assertThat(checkpoint.view(norm).data().get(ValueLayout.JAVA_BYTE, 0))
          .isEqualTo((byte) (160 * 7 + 1));
    }
  }

  @Test
  void otherAlignment_movesTheData() {
    GgufBytes file =
        GgufBytes.llama()
            .key("general.alignment", uint32(64))
            .alignment(64)
            .tensor("a", 24, 0, 3)
            .tensor("b", 24, 64, 3)
            .data(67);
    try (Checkpoint checkpoint = open(file)) {
      assertThat(
              checkpoint.view(checkpoint.tensors().getLast()).data().toArray(ValueLayout.JAVA_BYTE))
          .containsExactly((byte) (64 * 7 + 1), (byte) (65 * 7 + 1), (byte) (66 * 7 + 1));
    }
  }

  @Test
  void version2_isReadLikeVersion3() {
    try (Checkpoint checkpoint = open(GgufBytes.llamaWithTensors().version(2))) {
      assertThat(checkpoint.tensors()).hasSize(2);
    }
  }
}
