package io.quant4j.gguf;

import static io.quant4j.gguf.GgufBytes.signed32;
import static io.quant4j.gguf.GgufBytes.uint16;
import static io.quant4j.gguf.GgufBytes.uint32;
import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.spi.Checkpoint;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SplitModelTest extends OpeningTest {

  private static GgufBytes first() {
    return GgufBytes.llama()
        .key("split.no", uint16(0))
        .key("split.count", uint16(3))
        .key("split.tensors.count", signed32(4))
        .tensor("a", 24, 0, 1)
        .data(1);
  }

  private static GgufBytes part(int index) {
    return GgufBytes.empty().key("split.no", uint16(index)).key("split.count", uint16(3));
  }

  private static GgufBytes second() {
    return part(1).tensor("b", 24, 0, 2).tensor("c", 24, 32, 3).data(35);
  }

  private static GgufBytes third() {
    return part(2).tensor("d", 24, 0, 4).data(4);
  }

  private Path path(int part) {
    return directory.resolve("m-0000%d-of-00003.gguf".formatted(part));
  }

  private Path write(GgufBytes... parts) {
    for (int i = 0; i < parts.length; i++) {
      parts[i].writeTo(path(i + 1));
    }
    return path(1);
  }

  @Test
  void parts_areReadAsOneModel() {
    try (Checkpoint checkpoint = new GgufReader().open(write(first(), second(), third()))) {
      assertThat(checkpoint.tensors())
          .extracting(tensor -> tensor.info().name())
          .containsExactly("a", "b", "c", "d");
      assertThat(checkpoint.path()).isEqualTo(path(1));
      byte[] c = checkpoint.view(checkpoint.tensors().get(2)).data().toArray(ValueLayout.JAVA_BYTE);
      assertThat(c).containsExactly((byte) (32 * 7 + 1), (byte) (33 * 7 + 1), (byte) (34 * 7 + 1));
    }
  }

  @Test
  void laterPart_isRefusedWithTheNameOfTheFirst() {
    write(first(), second(), third());
    assertRefused(
        path(2), InvalidRequestException.class, "part 2 of a model of 3", "m-00001-of-00003.gguf");
  }

  @Test
  void laterPartOfAnotherName_isRefused() {
    Path file = second().writeTo(directory.resolve("b.gguf"));
    assertRefused(file, InvalidRequestException.class, "part 2 of a model of 3");
  }

  @Test
  void firstPartOfAnotherName_isRefused() {
    Path file = first().writeTo(directory.resolve("renamed.gguf"));
    assertRefused(file, MalformedModelException.class, "does not end in -00001-of-00003.gguf");
  }

  @Test
  void firstPartNamedLikeALaterOne_isRefused() {
    Path file = first().writeTo(path(2));
    assertRefused(file, MalformedModelException.class, "does not end in -00001-of-00003.gguf");
  }

  @Test
  void missingPart_isNamed() {
    assertRefused(
        write(first(), second()),
        ModelIoException.class,
        "part 3 of 3 of the model is missing",
        "m-00003-of-00003.gguf");
  }

  @Test
  void partsInWrongOrder_areRefused() {
    assertRefused(
        write(first(), third(), second()),
        MalformedModelException.class,
        "states to be part 3 of 3 where part 2 of 3 is expected");
  }

  @Test
  void partOfALargerSet_isRefused() {
    assertRefused(
        write(first(), second().key("split.count", uint16(4)), third()),
        MalformedModelException.class,
        "part 2 of 4 where part 2 of 3");
  }

  @Test
  void partWithoutNumber_isRefused() {
    assertRefused(
        write(first(), second().without("split.no"), third()),
        MalformedModelException.class,
        "where part 2 of 3 is expected");
  }

  @Test
  void wrongSumOfTensors_isRefused() {
    assertRefused(
        write(first().key("split.tensors.count", signed32(5)), second(), third()),
        MalformedModelException.class,
        "the parts hold 4 tensors, but the first states 5");
  }

  @Test
  void missingSumOfTensors_isRefused() {
    assertRefused(
        write(first().without("split.tensors.count"), second(), third()),
        MalformedModelException.class,
        "the first states no number");
  }

  @Test
  void tensorInTwoParts_isRefused() {
    assertRefused(
        write(first(), second(), part(2).tensor("a", 24, 0, 4).data(4)),
        MalformedModelException.class,
        "also in an earlier part",
        "'a'");
  }

  @Test
  void splitKeyOfAnotherType_isRefused() {
    assertRefused(
        first().key("split.count", uint32(3)),
        MalformedModelException.class,
        "of type uint32 instead of uint16");
  }

  @Test
  void truncatedPart_isRefusedByItsOwnName() {
    assertRefused(
        write(first(), second().data(20), third()),
        MalformedModelException.class,
        "incomplete",
        "m-00002-of-00003.gguf");
  }

  @Test
  void splitIntoOnePart_needsNoName() {
    GgufBytes file = first().key("split.count", uint16(1)).key("split.tensors.count", signed32(1));
    try (Checkpoint checkpoint = open(file)) {
      assertThat(checkpoint.tensors()).hasSize(1);
    }
  }
}
