package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void columns_areAligned() {
    StringWriter out = new StringWriter();
    new Table("name", ">size", "note")
        .row("a", "1", "")
        .row("longer", "1,000", "x")
        .print(new PrintWriter(out));

    assertThat(out.toString().lines())
        .containsExactly("name     size  note", "a           1", "longer  1,000  x");
  }

  @Test
  void rowOfOtherLength_isRefused() {
    assertThatThrownBy(() -> new Table("a", "b").row("1"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
