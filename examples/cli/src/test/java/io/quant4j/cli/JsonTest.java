package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonTest {

  @Test
  void object_keepsOrderAndEscapes() {
    String json =
        print(
            Json.object()
                .with("text", "\"\\\n\u0001é")
                .with("whole", 9_007_199_254_740_993L)
                .with("part", 0.25f)
                .with("list", List.of(1, true, "x"))
                .with("bytes", new Facts.Bytes(2048))
                .withPresent("absent", Optional.empty())
                .withPresent("present", Optional.of(Json.object().with("a", 1))));

    assertThat(json.replaceAll("\\s", ""))
        .isEqualTo(
            "{\"text\":\"\\\"\\\\\\n\\u0001é\",\"whole\":9007199254740993,\"part\":0.25,"
                + "\"list\":[1,true,\"x\"],\"bytes\":2048,\"present\":{\"a\":1}}");
    assertThat(json).endsWith("}" + System.lineSeparator());
  }

  @Test
  void numbersWithoutJsonForm_becomeNull() {
    assertThat(print(List.of(Double.NaN, Float.POSITIVE_INFINITY)).strip())
        .isEqualTo("[ null, null ]");
  }

  private static String print(Object value) {
    StringWriter out = new StringWriter();
    Json.print(new PrintWriter(out), value);
    return out.toString();
  }
}
