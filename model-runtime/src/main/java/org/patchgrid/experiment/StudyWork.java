package org.patchgrid.experiment;

import java.util.List;
import org.patchgrid.study.CellSelection;
import org.patchgrid.study.Computation;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.PromptSetStatistics;
import org.patchgrid.study.SweepSite;

/**
 * What the tasks of a study have in common.
 *
 * @param sites all sites of the plan, of which a task has a range
 * @param statistics of the whole prompt set, as far as the sites need them
 * @param selection which of the cells are measured
 */
public record StudyWork(
    List<SweepSite> sites,
    MeasurementSettings settings,
    PromptSetStatistics statistics,
    CellSelection selection,
    Computation computation) {
  /** Of a study that measures every cell and needs no statistics. */
  public StudyWork(List<SweepSite> sites, MeasurementSettings settings, Computation computation) {
    this(sites, settings, PromptSetStatistics.NONE, CellSelection.ALL, computation);
  }
}
