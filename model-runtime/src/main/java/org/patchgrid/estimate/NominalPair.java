package org.patchgrid.estimate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.patch.SiteExpansion;
import org.patchgrid.study.JointSite;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.Site;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TokenizedPair;

/**
 * What stands for a study's pairs before any prompt is known: two prompts that differ in one token,
 * a third of the way in.
 */
final class NominalPair {
  private static final int PARTS_BEFORE_DIFFERENCE = 3;

  private NominalPair() {}

  /** The pair with the cells of some sites; of noise, those of one sample. */
  static PairCells of(ModelStructure model, List<SweepSite> sites, int length) {
    TokenizedPair pair = pair(length);
    SiteExpansion expansion = new SiteExpansion(model);
    List<PatchedCell> cells = new ArrayList<>();
    countable(sites, length, length).forEach(site -> cells.addAll(expansion.cells(site, pair)));
    return new PairCells(pair, cells);
  }

  /**
   * Sites that the pair has. Labels and positions that only real prompts have stand for one in the
   * middle.
   *
   * @param tokens of a prompt, whose positions are moved to those of the pair; several may meet
   */
  static List<SweepSite> countable(List<SweepSite> sites, int length, double tokens) {
    return sites.stream()
        .map(
            site ->
                new SweepSite(
                    site.sweep(),
                    site.direction(),
                    countable(site.site(), length, Math.max(1, tokens / length)),
                    site.value(),
                    site.corruption()))
        .toList();
  }

  private static Site countable(Site site, int length, double times) {
    if (site instanceof PatchSite patch) {
      return new PatchSite(
          patch.component(),
          patch.layer(),
          patch.window(),
          patch.heads(),
          known(patch.positions(), length, times),
          known(patch.sourcePositions(), length, times));
    }
    if (site instanceof JointSite joint) {
      return new JointSite(
          joint.name(), joint.part(), joint.places(), known(joint.positions(), length, times));
    }
    return site;
  }

  private static Positions known(Positions positions, int length, double times) {
    if (positions instanceof Positions.At at && at.position() / times < length) {
      return new Positions.At((int) (at.position() / times));
    }
    boolean known =
        positions instanceof Positions.All
            || positions instanceof Positions.Each
            || positions instanceof Positions.Last;
    return known ? positions : new Positions.At(length / 2);
  }

  private static TokenizedPair pair(int length) {
    List<Integer> clean = Collections.nCopies(length, 0);
    List<Integer> corrupted = new ArrayList<>(clean);
    corrupted.set(length / PARTS_BEFORE_DIFFERENCE, 1);
    return TokenizedPair.ofIds("nominal", clean, corrupted);
  }
}
