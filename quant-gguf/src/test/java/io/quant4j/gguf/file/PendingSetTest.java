package io.quant4j.gguf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.tensor.Shape;
import io.quant4j.gguf.mapping.TensorTypes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that dies while a set takes its place. */
class PendingSetTest {
  private static final int COUNT = 3;
  private static final int TYPE_I8 = 24;

  @TempDir Path directory;

  private Path part(int number) {
    return SplitName.of(directory.resolve("m.gguf"), number, COUNT);
  }

  private static FileLayout layout(int number) {
    TensorType type = TensorTypes.byId(TYPE_I8).orElseThrow();
    return FileLayout.of(
        GgufModel.splitValues(number, COUNT, COUNT),
        List.of(new FileLayout.Entry("t" + number, type, Shape.of(32), 32)));
  }

  /** A finished set that has not moved, each tensor filled with the mark. */
  private PendingSet finished(byte mark) {
    List<PendingSet.Part> parts = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      parts.add(new PendingSet.Part(part(i), layout(i).byteSize()));
    }
    PendingSet set = PendingSet.create(parts);
    byte[] data = new byte[32];
    Arrays.fill(data, mark);
    for (int i = 0; i < COUNT; i++) {
      byte[] header = layout(i).header();
      set.file(i).write(0, MemorySegment.ofArray(header));
      set.file(i).write(header.length, MemorySegment.ofArray(data));
    }
    set.finish();
    return set;
  }

  /** The marks of all tensors, if the set can be opened. */
  private TreeSet<Byte> marks() {
    TreeSet<Byte> marks = new TreeSet<>();
    try (GgufModel model = GgufModel.open(part(0), TensorTypes::byId)) {
      for (GgufFile file : model.files()) {
        for (byte b : file.data(file.tensors().getFirst()).toArray(ValueLayout.JAVA_BYTE)) {
          marks.add(b);
        }
      }
    }
    return marks;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void set_afterSoManySteps_isOldOrNewOrCannotBeOpened(int done) {
    try (PendingSet old = finished((byte) 1)) {
      old.moveToTarget();
    }
    PendingSet fresh = finished((byte) 2);

    List<Runnable> steps = fresh.steps(new ArrayList<>());
    assertThat(steps).hasSize(2 * COUNT);
    steps.subList(0, done).forEach(Runnable::run); // then nothing more: the process is dead

    if (done == 0) {
      assertThat(marks()).containsExactly((byte) 1);
    } else if (done == steps.size()) {
      assertThat(marks()).containsExactly((byte) 2);
    } else {
      assertThatThrownBy(this::marks).isInstanceOf(ModelIoException.class);
    }
  }
}
