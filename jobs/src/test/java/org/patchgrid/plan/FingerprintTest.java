package org.patchgrid.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Kernel;

class FingerprintTest {
  private static final Fingerprint.Sources SOURCES =
      new Fingerprint.Sources("model", "tokenizer", "prompts", "1.0", Kernel.PLAIN, "plain here");
  private static final String STUDY =
      "sweep { components = [mlp], positions { labels = [\"a b\"] } }, metrics = [l2, kl]\n";

  @Test
  void whatCannotChangeARowIsNotInIt() {
    for (String change :
        List.of(
            "output.path = elsewhere",
            "model.path = elsewhere",
            "prompts.path = elsewhere.csv",
            "prompts.on-error = fail",
            "execution { partitions = 7, audit = 1 }",
            "execution.task-seconds = 29",
            "metrics = [kl, l2]",
            "sweep.components = [hook_mlp_out]",
            "sweep.layers = \"0-5\"")) {
      assertThat(fingerprint(change)).as(change).isEqualTo(fingerprint(""));
    }
  }

  @Test
  void whatCanChangeARowOrAFileIsInIt() {
    for (List<String> change :
        List.of(
            List.of("study.id = t", "study.id"),
            List.of("model.device = gpu", "model.device"),
            List.of("model.dtype = bfloat16", "model.dtype"),
            List.of("prompts.require = both", "prompts.require"),
            List.of("prompts.bos = never", "prompts.bos"),
            List.of("prompts.answer-token = first", "prompts.answer-token"),
            List.of("sweep.components = [output]", "sites"),
            List.of("sweep.directions = [noising]", "sites"),
            List.of("sweep.window = 3", "sites"),
            List.of("sweep.positions { labels = [c] }", "sites"),
            List.of("metrics = [l2]", "metrics"),
            List.of("execution.batch-rows = 8", "execution.batch-rows"),
            List.of("execution.engine = reference", "execution.engine"),
            List.of("execution.pairs-per-task = 2", "execution.pairs-per-task"),
            List.of("execution.sites-per-task = 2", "execution.sites-per-task"))) {
      Fingerprint changed = fingerprint(change.get(0));
      assertThat(differences(changed, fingerprint("")))
          .as(change.get(0))
          .containsExactly(change.get(1));
      assertThat(changed.sha256()).isNotEqualTo(fingerprint("").sha256());
    }
    StudyConfig study = StudyPlannerTest.study(STUDY);
    StudyPlan plan = plan(study);
    Fingerprint base = Fingerprint.of(study, plan, SOURCES);
    Fingerprint.Sources other =
        new Fingerprint.Sources("m", "t", "p", "2", Kernel.PLAIN, "plain there");
    assertThat(differences(Fingerprint.of(study, plan, other), base))
        .containsExactly("code", "kernel", "model", "prompts", "tokenizer");
  }

  @Test
  void whatRunsTogetherIsNotInItWhereBitsDoNotDependOnIt() {
    Fingerprint.Sources onednn =
        new Fingerprint.Sources("model", "tokenizer", "prompts", "1.0", Kernel.ONEDNN, "onednn");
    StudyConfig waves = StudyPlannerTest.study(STUDY);
    StudyConfig passes =
        StudyPlannerTest.study(
            STUDY + "execution { engine = reference, batch-rows = 7, pairs-per-task = 10 }");
    assertThat(Fingerprint.of(passes, plan(passes), onednn))
        .isEqualTo(Fingerprint.of(waves, plan(waves), onednn));
  }

  @Test
  void theStoredStudyHasTheFingerprintOfThePlannedOne() {
    StudyConfig study = StudyPlannerTest.study(STUDY);
    StudyPlan plan = plan(study);
    StudyConfig stored =
        study.resolved(Kernel.PLAIN, Distances.LOGITS, plan.pairsPerTask(), plan.sitesPerTask());
    assertThat(Fingerprint.of(stored, plan(stored), SOURCES))
        .isEqualTo(Fingerprint.of(study, plan, SOURCES));
    assertThat(fingerprint("").sha256()).matches("[0-9a-f]{64}");
  }

  private static Fingerprint fingerprint(String change) {
    StudyConfig study = StudyPlannerTest.study(STUDY + change);
    return Fingerprint.of(study, plan(study), SOURCES);
  }

  private static StudyPlan plan(StudyConfig study) {
    return StudyPlanner.plan(study, StudyPlannerTest.atlas(), 10, 12.5);
  }

  /** The names of the parts in which they differ. */
  private static List<String> differences(Fingerprint one, Fingerprint other) {
    TreeSet<String> names = new TreeSet<>(one.named().keySet());
    names.addAll(other.named().keySet());
    return names.stream()
        .filter(name -> !Objects.equals(one.named().get(name), other.named().get(name)))
        .toList();
  }

  @Test
  void partsAreNamedWithTheirValues() {
    Fingerprint fingerprint = new Fingerprint("code=\"cells 1\"\nsweep \"a=b\"=\"PROMPT/x\"\n");
    assertThat(fingerprint.named())
        .containsEntry("code", "\"cells 1\"")
        .containsEntry("sweep \"a=b\"", "\"PROMPT/x\"")
        .hasSize(2);
  }
}
