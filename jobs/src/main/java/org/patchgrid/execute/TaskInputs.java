package org.patchgrid.execute;

import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.input.PromptIndex;
import org.patchgrid.input.PromptSetReader;
import org.patchgrid.plan.StudyPlan;
import org.patchgrid.store.DriverRun;
import org.patchgrid.store.HadoopSettings;
import org.patchgrid.store.SharedOutput;
import org.patchgrid.study.Computation;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.PromptPair;

/**
 * What an executor is told of a study. The cut into tasks is arithmetic, so that ten million pairs
 * travel as two numbers.
 *
 * @param promptsPath a full URI: executors have working directories of their own
 * @param failOnUnusablePair whether a pair that cannot be used stops the study
 */
record TaskInputs(
    ModelRef model,
    String promptsPath,
    PromptIndex prompts,
    StudyPlan plan,
    MeasurementSettings settings,
    Computation computation,
    boolean failOnUnusablePair,
    SharedOutput output,
    DriverRun driverRun,
    String fingerprint,
    String studyId,
    HadoopSettings hadoop)
    implements Serializable {

  /** The pairs with these numbers, the last one exclusive. */
  List<PromptPair> readPairs(Configuration configuration, long first, long end) {
    return new PromptSetReader(promptsPath, configuration).read(prompts, first, end);
  }
}
