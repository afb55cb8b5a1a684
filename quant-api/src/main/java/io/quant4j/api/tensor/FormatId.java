package io.quant4j.api.tensor;

/**
 * Name of a tensor format, spelled as upstream spells it ({@code Q4_K}, {@code BF16}).
 *
 * @param name letters, digits and underscores; compared exactly
 */
public record FormatId(String name) {

  public static final FormatId F32 = new FormatId("F32");
  public static final FormatId F16 = new FormatId("F16");
  public static final FormatId BF16 = new FormatId("BF16");
  public static final FormatId Q8_0 = new FormatId("Q8_0");
  public static final FormatId Q4_0 = new FormatId("Q4_0");
  public static final FormatId Q4_K = new FormatId("Q4_K");
  public static final FormatId Q5_K = new FormatId("Q5_K");
  public static final FormatId Q6_K = new FormatId("Q6_K");

  public FormatId {
    if (!name.matches("[A-Za-z0-9_]{1,32}")) {
      throw new IllegalArgumentException(
          "format name '" + name + "' is not letters, digits and underscores");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
