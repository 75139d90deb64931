package org.patchgrid.execute;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.plan.Screening;
import org.patchgrid.store.ScreenRanking;
import org.patchgrid.study.PatchgridException;

/**
 * A Spark job between the tasks: ranks the places of screened sweeps by the estimates that are
 * stored, so that the tasks to come measure the first of them.
 *
 * @param tasks whose estimates are stored, in order
 */
record ScreeningStage(
    JavaSparkContext spark,
    TaskInputs inputs,
    List<Integer> tasks,
    ModelLoads modelLoads,
    BooleanSupplier stopped) {
  /**
   * @throws RunInterruptedException if somebody asked to stop
   * @throws PatchgridException if there is nothing to rank, or the user has to mend something else
   */
  ScreenRanking run() {
    List<Screening> screenings = inputs.plan().screenings();
    ScreenScores scores = new ScreenScores();
    if (!tasks.isEmpty()) {
      Blocks blocks = new Blocks(tasks.size());
      Map<String, String> metricOf =
          screenings.stream()
              .collect(Collectors.toMap(Screening::estimates, s -> s.metric().label()));
      SumOverBlocks<ScreenScores> sum =
          new SumOverBlocks<>(spark, blocks, ScreenScores.class, modelLoads, scores::add);
      sum.run(
          "%s: ranking of estimates of %,d tasks".formatted(inputs.studyId(), tasks.size()),
          new ScreeningFunction(
              inputs.output(), inputs.hadoop(), metricOf, tasks, blocks, sum.reports()),
          stopped,
          () -> new RunInterruptedException(tasks.size(), inputs.plan().taskCount()));
    }
    List<ScreenRanking.Choice> choices = new ArrayList<>();
    for (Screening screening : screenings) {
      String metric = screening.metric().label();
      List<ScreenRanking.Choice> best =
          scores.best(screening.estimates(), screening.sweep(), metric, screening.top());
      if (best.isEmpty()) {
        throw new PatchgridException(
            "Cannot screen sweep '%s': no pair has an estimate of %s; see column reason of the table pairs, or set screen.metric"
                .formatted(screening.sweep(), metric));
      }
      choices.addAll(best);
    }
    return new ScreenRanking(choices);
  }
}
