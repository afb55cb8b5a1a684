package io.quant4j.api;

import io.quant4j.api.model.MetadataValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What becomes of a model besides the formats of its tensors.
 *
 * @param prunedLayers decoder layers that are left out, counted from 0; those behind move up
 * @param metadata values that are written instead of the model's own, by the target container's
 *     key, such as {@code general.name}
 */
public record ModelChanges(SortedSet<Integer> prunedLayers, Map<String, MetadataValue> metadata) {

  public ModelChanges {
    prunedLayers = Collections.unmodifiableSortedSet(new TreeSet<>(prunedLayers));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** The model as it is. */
  public static ModelChanges none() {
    return new ModelChanges(new TreeSet<>(), Map.of());
  }
}
