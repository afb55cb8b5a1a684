package io.quant4j.gguf.mapping;

import io.quant4j.gguf.file.GgufValue;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Metadata on its way into a file: what neutral facts say, then what a source file said, so that a
 * rewritten file keeps its keys, their types and their order. Not thread-safe.
 */
final class KeyList {
  private final Map<String, GgufValue> values = new LinkedHashMap<>();
  private final Set<String> implied = new LinkedHashSet<>();

  void put(String key, GgufValue value) {
    values.put(key, value);
  }

  /**
   * A value that a file says by leaving the key out, too: it is not added to a rewritten file that
   * did so.
   *
   * @param sameByAbsence whether that is so
   */
  void put(String key, GgufValue value, boolean sameByAbsence) {
    values.put(key, value);
    if (sameByAbsence) {
      implied.add(key);
    }
  }

  /**
   * The values of a file that this list does not reproduce exactly.
   *
   * @param file all values of the file
   */
  Map<String, GgufValue> missing(Map<String, GgufValue> file) {
    Map<String, GgufValue> missing = new LinkedHashMap<>();
    file.forEach((key, value) -> {
      if (!value.equals(values.get(key))) {
        missing.put(key, value);
      }
    });
    return missing;
  }

  /**
   * All metadata in the order to be written.
   *
   * @param kept values of the source file, as {@link #missing} told them; they are taken where the
   *     neutral facts say nothing or the same in another type
   * @param source the keys of the source file
   */
  Map<String, GgufValue> merge(Map<String, GgufValue> kept, Optional<SourceKeys> source) {
    Map<String, GgufValue> all = new LinkedHashMap<>();
    values.forEach((key, value) -> {
      GgufValue before = kept.get(key);
      all.put(key, before != null && SameFact.test(before, value) ? before : value);
    });
    kept.forEach(all::putIfAbsent);
    return source.map(keys -> inOrderOf(keys, all)).orElse(all);
  }

  private Map<String, GgufValue> inOrderOf(SourceKeys source, Map<String, GgufValue> all) {
    Map<String, GgufValue> ordered = LinkedHashMap.newLinkedHashMap(all.size());
    for (String key : source.keys()) {
      GgufValue value = all.remove(key);
      if (value != null) {
        ordered.put(key, value);
      }
    }
    implied.forEach(all::remove);
    ordered.putAll(all);
    return ordered;
  }
}
