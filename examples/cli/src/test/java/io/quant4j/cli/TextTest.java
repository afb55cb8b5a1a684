package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TextTest {

  @Test
  void bytes_areInTheLargestUnitThatFits() {
    assertThat(Text.bytes(0)).isEqualTo("0 B");
    assertThat(Text.bytes(1023)).isEqualTo("1023 B");
    assertThat(Text.bytes(1024)).isEqualTo("1.00 KiB");
    assertThat(Text.bytes(4_331_234)).isEqualTo("4.13 MiB");
    assertThat(Text.bytes(Long.MAX_VALUE)).isEqualTo("8.00 EiB");
  }

  @Test
  void duration_readsInItsUnit() {
    assertThat(Text.duration(Duration.ofMillis(240))).isEqualTo("0.24 s");
    assertThat(Text.duration(Duration.ofMillis(59_999))).isEqualTo("1 min 0 s");
    assertThat(Text.duration(Duration.ofSeconds(200))).isEqualTo("3 min 20 s");
    assertThat(Text.duration(Duration.ofMinutes(125))).isEqualTo("2 h 5 min");
  }

  @Test
  void printable_escapesWhatCouldDriveATerminal() {
    assertThat(Text.printable("a\u001b[31mb\n\t\u202eé漢😀"))
        .isEqualTo("a\\u001b[31mb\\n\\t\\u202eé漢😀");
    assertThat(Text.printable("\ud800")).isEqualTo("\\ud800");
  }

  @Test
  void oneLine_joinsLines() {
    assertThat(Text.oneLine(" a\r\n  b\n\nc ")).isEqualTo("a b c");
  }

  @Test
  void shortened_keepsTheLength() {
    assertThat(Text.shortened("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Text.shortened("abcdefg", 6)).isEqualTo("abcde…");
  }
}
