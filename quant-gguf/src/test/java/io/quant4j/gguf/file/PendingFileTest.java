package io.quant4j.gguf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.ModelIoException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fills up while a file is written. */
class PendingFileTest {
  private static final int SIZE = 5000;

  @TempDir Path directory;
  private Path target;
  private Path temporary;

  @BeforeEach
  void writeOldFile() throws IOException {
    target = Files.writeString(directory.resolve("m.gguf"), "before");
    temporary = directory.resolve(".m.tmp");
  }

  private PendingFile create(long room) throws IOException {
    FileChannel file =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return PendingFile.create(target, temporary, SIZE, new FullDisk(file, room));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 2500, 4999, 5000})
  void write_onADiskThatFillsUp_failsAndLeavesTheTarget(long room) throws IOException {
    try (PendingFile file = create(room)) {
      assertThatThrownBy(() -> file.write(0, MemorySegment.ofArray(new byte[SIZE])))
          .isInstanceOf(ModelIoException.class)
          .hasMessageContaining("No space left")
          .hasMessageContaining("Check free space")
          .hasMessageContaining("m.gguf");
    }

    assertThat(temporary).doesNotExist();
    assertThat(target).hasContent("before");
  }

  @Test
  void create_onAFullDisk_leavesNothing() {
    assertThatThrownBy(() -> create(0)).isInstanceOf(ModelIoException.class);

    assertThat(temporary).doesNotExist();
    assertThat(target).hasContent("before");
  }

  @Test
  void write_withRoomEnough_writesEverything() throws IOException {
    byte[] bytes = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      bytes[i] = (byte) (i * 31);
    }
    try (PendingFile file = create(SIZE + 1)) { // one byte went into the size
      file.write(0, MemorySegment.ofArray(bytes));
      file.finish();
      file.moveToTarget();
    }

    assertThat(target).hasBinaryContent(bytes);
    assertThat(temporary).doesNotExist();
  }
}
