package org.patchgrid.reference;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import org.patchgrid.patch.Constants;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.transformer.Transformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plain engine: one whole forward pass a cell. Slow and easy to believe; other engines are
 * compared with it.
 */
public final class ReferenceEngine implements PatchEngine {
  private static final Logger log = LoggerFactory.getLogger(ReferenceEngine.class);

  private final Transformer transformer;
  private final NDManager manager;
  private final Constants constants;

  /**
   * @param manager owner of all that is made; the caller closes it
   */
  public ReferenceEngine(Transformer transformer, NDManager manager, Constants constants) {
    this.constants = constants;
    this.transformer = transformer;
    this.manager = manager;
  }

  @Override
  public List<PairStates> run(List<PairCells> pairs) {
    return pairs.stream().map(this::run).toList();
  }

  private PairStates run(PairCells pair) {
    try (PairRuns runs = new PairRuns(transformer, manager, pair, constants)) {
      List<Optional<float[]>> patched = pair.cells().stream().map(cell -> run(runs, cell)).toList();
      return new PairStates(runs.cleanState(), runs.corruptedState(), patched);
    }
  }

  private static Optional<float[]> run(PairRuns runs, PatchedCell cell) {
    try {
      return Optional.of(runs.patchedState(cell.run()));
    } catch (EngineException e) {
      // The engine refused one run (out of memory, say): the row says so and the task goes on.
      log.warn("The patched run of {} failed", cell.cell(), e);
      return Optional.empty();
    }
  }
}
