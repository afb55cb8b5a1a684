package io.quant4j.core.quantize;

/** Which row of the source each row of the target is. */
sealed interface RowOrder {

  /** Index of the source row that becomes this row of the target. */
  long sourceRow(long targetRow);

  /** Rows stay where they are. */
  record Same() implements RowOrder {
    @Override
    public long sourceRow(long targetRow) {
      return targetRow;
    }
  }

  /**
   * From halves to neighbours: within each head, rows 2i and 2i + 1 are the source's i and i +
   * rotated / 2.
   *
   * @param headDim rows of one head
   * @param rotated leading rows of a head that are reordered; even
   */
  record Interleave(int headDim, int rotated) implements RowOrder {
    @Override
    public long sourceRow(long targetRow) {
      int row = (int) (targetRow % headDim);
      int from = row < rotated ? row % 2 * (rotated / 2) + row / 2 : row;
      return targetRow - row + from;
    }
  }

  /**
   * From neighbours to halves, the inverse of {@link Interleave}.
   *
   * @param headDim rows of one head
   * @param rotated leading rows of a head that are reordered; even
   */
  record Split(int headDim, int rotated) implements RowOrder {
    @Override
    public long sourceRow(long targetRow) {
      int row = (int) (targetRow % headDim);
      int half = rotated / 2;
      int from = row < rotated ? row % half * 2 + row / half : row;
      return targetRow - row + from;
    }
  }
}
