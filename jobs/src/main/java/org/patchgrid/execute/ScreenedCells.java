package org.patchgrid.execute;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.patchgrid.plan.PairSample;
import org.patchgrid.plan.Screening;
import org.patchgrid.store.ScreenRanking;
import org.patchgrid.study.Cell;
import org.patchgrid.study.CellSelection;

/** Of screened sweeps, the places that were chosen, and all places on the sample of pairs. */
final class ScreenedCells implements CellSelection {
  private static final long serialVersionUID = 1;

  private final Map<String, Set<String>> chosen = new HashMap<>();
  private final Map<String, PairSample> samples = new HashMap<>();

  ScreenedCells(List<Screening> screenings, ScreenRanking ranking) {
    for (Screening screening : screenings) {
      Set<String> places = chosen.computeIfAbsent(screening.sweep(), sweep -> new HashSet<>());
      ranking
          .of(screening.sweep())
          .forEach(
              choice ->
                  choice.kept().forEach(kept -> places.add(key(choice.direction(), kept.place()))));
      samples.put(screening.sampled(), screening.sample());
    }
  }

  @Override
  public boolean includes(Cell cell, long pair) {
    PairSample sample = samples.get(cell.sweep());
    if (sample != null) {
      return sample.contains(pair);
    }
    Set<String> places = chosen.get(cell.sweep());
    return places == null || places.contains(key(cell.direction().label(), cell.place()));
  }

  private static String key(String direction, String place) {
    return direction + ' ' + place;
  }
}
