package org.patchgrid.store;

import java.io.Serializable;

/**
 * The columns of {@code cells} that are the same in every row of a study.
 *
 * @param value what is written into the patched run, for example {@code activation}
 * @param corruption how the corrupted run differs, for example {@code prompt}
 */
public record StudyColumns(String studyId, String value, String corruption)
    implements Serializable {
  public StudyColumns {
    if (studyId.isBlank() || value.isBlank() || corruption.isBlank()) {
      throw new IllegalArgumentException("study_id, value and corruption must not be empty");
    }
  }
}
