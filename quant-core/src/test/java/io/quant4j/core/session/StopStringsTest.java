package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StopStringsTest {

  @Test
  void accept_beginningOfAStop_isHeldBack() {
    StopStrings stops = new StopStrings(List.of("###"));
    assertThat(stops.accept("a#")).isEqualTo("a");
    assertThat(stops.accept("#")).isEmpty();
    assertThat(stops.accept("b")).isEqualTo("##b");
    assertThat(stops.stopped()).isFalse();
    assertThat(stops.accept("c##")).isEqualTo("c");
    assertThat(stops.finish()).isEqualTo("##");
  }

  @Test
  void accept_stopAcrossPieces_endsBeforeIt() {
    StopStrings stops = new StopStrings(List.of("\nUser:", "END"));
    assertThat(stops.accept("hello\nUs")).isEqualTo("hello");
    assertThat(stops.accept("er: more")).isEmpty();
    assertThat(stops.stopped()).isTrue();
  }

  @Test
  void accept_noStops_passesEverything() {
    StopStrings stops = new StopStrings(List.of());
    assertThat(stops.accept("text")).isEqualTo("text");
    assertThat(stops.finish()).isEmpty();
  }

  @Test
  void accept_randomPieces_likeCuttingTheWholeText() {
    for (long seed = 0; seed < 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      String text = letters(random, 30);
      List<String> strings = List.of(letters(random, 1 + random.nextInt(4)), letters(random, 3));
      StopStrings stops = new StopStrings(strings);
      StringBuilder given = new StringBuilder();
      List<String> pieces = new ArrayList<>();
      for (int at = 0; at < text.length() && !stops.stopped(); ) {
        int end = Math.min(text.length(), at + 1 + random.nextInt(4));
        pieces.add(text.substring(at, end));
        given.append(stops.accept(text.substring(at, end)));
        at = end;
      }
      int cut = strings.stream().mapToInt(text::indexOf).filter(i -> i >= 0).min().orElse(-1);
      // A piece that completes two stops ends at the first of them; a stop completed earlier wins.
      if (!stops.stopped()) {
        given.append(stops.finish());
        assertThat(cut).as("seed %d, pieces %s, stops %s", seed, pieces, strings).isEqualTo(-1);
        assertThat(given.toString()).isEqualTo(text);
      } else {
        String seen = String.join("", pieces);
        int first = strings.stream().mapToInt(seen::indexOf).filter(i -> i >= 0).min().orElse(-1);
        assertThat(given.toString())
            .as("seed %d, pieces %s, stops %s", seed, pieces, strings)
            .isEqualTo(seen.substring(0, first));
      }
    }
  }

  private static String letters(SplittableRandom random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append((char) ('a' + random.nextInt(3)));
    }
    return text.toString();
  }
}
