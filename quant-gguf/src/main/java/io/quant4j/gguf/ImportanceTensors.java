package io.quant4j.gguf;

import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.gguf.file.GgufFile;
import io.quant4j.gguf.file.GgufTensor;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Pairs the tensors of an open file to entries of an importance matrix. */
final class ImportanceTensors {
  private final GgufFile file;
  private final SortedMap<String, GgufTensor> sums = new TreeMap<>();
  private final Map<String, GgufTensor> counts = new HashMap<>();

  /** The tensors of a file; those of other names are passed over, as upstream does. */
  ImportanceTensors(GgufFile file) {
    this.file = file;
    for (GgufTensor tensor : file.tensors()) {
      String name = tensor.name();
      if (name.endsWith(GgufImportanceMatrix.SUMS)) {
        sums.put(without(name, GgufImportanceMatrix.SUMS), tensor);
      } else if (name.endsWith(GgufImportanceMatrix.COUNTS)) {
        counts.put(without(name, GgufImportanceMatrix.COUNTS), tensor);
      }
    }
  }

  private static String without(String name, String suffix) {
    return name.substring(0, name.length() - suffix.length());
  }

  /**
   * All entries.
   *
   * @throws MalformedModelException if one is incomplete or impossible, or there is none
   */
  SortedMap<String, Entry> entries() {
    if (sums.isEmpty() && counts.isEmpty()) {
      throw new MalformedModelException(
          ErrorLocation.of(file.path()), "the file holds no entries", ImportanceChecks.REMEDY);
    }
    counts.forEach((weight, tensor) -> {
      if (!sums.containsKey(weight)) {
        throw malformed(tensor, "the tensor has counts, but there are no sums beside it");
      }
    });
    SortedMap<String, Entry> entries = new TreeMap<>();
    sums.forEach((weight, tensor) -> entries.put(weight, entry(weight, tensor)));
    return entries;
  }

  private Entry entry(String weight, GgufTensor sumTensor) {
    GgufTensor countTensor = counts.get(weight);
    if (countTensor == null) {
      throw malformed(sumTensor, "the tensor has sums, but there are no counts beside it");
    }
    float[] sumValues = values(sumTensor);
    float[] countValues = values(countTensor);
    if (sumValues.length % countValues.length != 0) {
      throw malformed(
          sumTensor,
          "%d sums do not divide over %d counts".formatted(sumValues.length, countValues.length));
    }
    for (int i = 0; i < countValues.length; i++) {
      // Upstream, which counts in whole numbers, rounds what it reads.
      countValues[i] = Math.round((double) countValues[i]);
    }
    return new Entry(sumValues, countValues);
  }

  private float[] values(GgufTensor tensor) {
    if (!tensor.type().equals(GgufImportanceMatrix.F32)) {
      throw malformed(
          tensor, "the tensor is of type %s instead of F32".formatted(tensor.type().format()));
    }
    long elements = tensor.shape().elements();
    if (elements == 0) {
      throw malformed(tensor, "the tensor is empty");
    }
    if (elements > Integer.MAX_VALUE - 8) {
      throw new UnsupportedModelException(
          ErrorLocation.of(file.path(), offset(tensor), tensor.name()),
          "the tensor has %d elements".formatted(elements),
          "No known model has so many columns; check where the file comes from.");
    }
    float[] values = FloatBytes.read(file.data(tensor));
    ImportanceChecks.requireSums(values, file.path(), offset(tensor), tensor.name());
    return values;
  }

  private long offset(GgufTensor tensor) {
    return file.dataStart() + tensor.offset();
  }

  private MalformedModelException malformed(GgufTensor tensor, String reason) {
    return new MalformedModelException(
        ErrorLocation.of(file.path(), offset(tensor), tensor.name()),
        reason,
        ImportanceChecks.REMEDY);
  }
}
