package org.patchgrid.store;

import java.util.List;
import java.util.Map;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.RecoveryError;
import org.patchgrid.study.TaskResult;
import org.patchgrid.table.SampleRows;

/** Small results whose every value can be told from every other. */
final class Samples {
  static final String STUDY_ID = "capitals";

  static final ComputedWith COMPUTED_WITH = new ComputedWith("onednn", "x86_64 avx512f");

  /** Of one row a layer. */
  static final Map<Metric, RecoveryError> RECOVERY_ERRORS =
      Map.of(Metric.L2, RecoveryError.between(0.5, 0.25).plus(RecoveryError.between(1, 1)));

  private Samples() {}

  static StudyIdentity identity() {
    return identity("capitals", "f1");
  }

  static StudyIdentity identity(String studyId, String fingerprint) {
    return new StudyIdentity(
        studyId,
        fingerprint,
        Map.of("model", "m1", "prompts", fingerprint),
        Map.of("patchgrid", "0.1.0"),
        "study { id = \"" + studyId + "\" }\n");
  }

  static PatchTask task(int number) {
    return new PatchTask(number, number, number + 1, 0, 10);
  }

  /** Of task {@link #task}: one pair, two layers, two metrics, one audited cell. */
  static TaskResult result(int number) {
    PairResult pair = SampleRows.pair("pair-" + number, PairStatus.OK);
    return new TaskResult(
        List.of(pair), SampleRows.of("pair-" + number, number), 2, 1, RECOVERY_ERRORS);
  }
}
