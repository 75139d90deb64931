package org.patchgrid.store;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What makes a study this study and no other.
 *
 * @param fingerprint of everything that can change a byte of {@code cells}; equal fingerprints mean
 *     that results may share a directory
 * @param fingerprintParts what the fingerprint was made of (model, tokenizer, prompts, ...), name
 *     to hash: lets a message say what differs; may be empty
 * @param versions of the software that began the study, for people to read
 * @param studyText the study with every default filled in: the content of {@code study.conf}
 */
public record StudyIdentity(
    String studyId,
    String fingerprint,
    Map<String, String> fingerprintParts,
    Map<String, String> versions,
    String studyText) {
  public StudyIdentity {
    if (studyId.isBlank() || fingerprint.isBlank()) {
      throw new IllegalArgumentException("A study needs an id and a fingerprint");
    }
    fingerprintParts = Collections.unmodifiableMap(new TreeMap<>(fingerprintParts));
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
  }

  /** The names of the fingerprint's parts in which this study and {@code other} differ. */
  Set<String> differingParts(StudyIdentity other) {
    Set<String> names = new TreeSet<>(fingerprintParts.keySet());
    names.addAll(other.fingerprintParts.keySet());
    names.removeIf(
        name ->
            fingerprintParts
                .getOrDefault(name, "")
                .equals(other.fingerprintParts.getOrDefault(name, "")));
    return names;
  }
}
