package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenizedPair;

/**
 * Counted operations of a sweep before any prompt is known: those of {@link SweepSchedule} for a
 * nominal pair whose prompts differ in one token, a third of the way in.
 */
public final class SweepCost {
  /** What launching the operations of one layer costs beside them, for one pass or row. */
  private static final double LAYER_OVERHEAD = 5e6;

  /** Longer prompts are counted at this length and scaled: a plan must not take minutes. */
  private static final int LONGEST_COUNTED = 24;

  private static final int PARTS_BEFORE_DIFFERENCE = 3;

  private SweepCost() {}

  /** One forward pass over {@code tokens} positions, with the unembedding of the last. */
  public static double ofPass(ModelStructure model, double tokens) {
    double width = model.modelWidth();
    double queryWidth = (double) model.queryHeads() * model.headWidth();
    double keyValueWidth = (double) model.keyValueHeads() * model.headWidth();
    int mlpMatrices = model.components().contains(Component.GATE_PROJ) ? 3 : 2;
    double elements =
        2 * width * queryWidth + 2 * width * keyValueWidth + mlpMatrices * width * model.mlpWidth();
    double layer = 2 * elements * tokens + 4 * tokens * tokens * queryWidth + LAYER_OVERHEAD;
    return model.layers() * layer + 2 * width * model.vocabularySize();
  }

  /** The cells of {@code sites} on one pair in waves, without its clean and corrupted run. */
  public static double ofCells(ModelStructure model, List<SweepSite> sites, double tokens) {
    int length = (int) Math.max(1, Math.min(LONGEST_COUNTED, Math.round(tokens)));
    TokenizedPair pair = nominalPair(length);
    SiteExpansion expansion = new SiteExpansion(model.layers());
    List<PatchedCell> cells = new ArrayList<>();
    sites.forEach(site -> cells.addAll(expansion.cells(countable(site, length), pair)));
    SweepSchedule schedule =
        SweepSchedule.of(model, List.of(new PairCells(pair, cells)), Computation.AUTO);
    SweepSchedule bare =
        SweepSchedule.of(model, List.of(new PairCells(pair, List.of())), Computation.AUTO);
    double counted = schedule.operations() - bare.operations() + schedule.rows() * LAYER_OVERHEAD;
    double longer = ofPass(model, tokens) / ofPass(model, length);
    return Math.max(1, counted) * longer * moreCells(sites, tokens, length);
  }

  private static double moreCells(List<SweepSite> sites, double tokens, int length) {
    long each = sites.stream().filter(s -> s.site().positions() instanceof Positions.Each).count();
    return (sites.size() - each + each * Math.max(tokens, length))
        / (sites.size() - each + each * length);
  }

  /** Labels and positions that only real prompts have stand for one in the middle. */
  private static SweepSite countable(SweepSite site, int length) {
    boolean known =
        site.site().positions() instanceof Positions.All
            || site.site().positions() instanceof Positions.Each
            || site.site().positions() instanceof Positions.Last
            || (site.site().positions() instanceof Positions.At at && at.position() < length);
    if (known) {
      return site;
    }
    return new SweepSite(
        site.sweep(),
        site.direction(),
        new PatchSite(
            site.site().component(),
            site.site().layer(),
            site.site().window(),
            site.site().heads(),
            new Positions.At(length / 2)));
  }

  private static TokenizedPair nominalPair(int length) {
    List<Integer> clean = new ArrayList<>();
    List<Integer> corrupted = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int position = 0; position < length; position++) {
      clean.add(0);
      corrupted.add(position == length / PARTS_BEFORE_DIFFERENCE ? 1 : 0);
      texts.add("");
    }
    PromptPair pair =
        new PromptPair(
            0,
            "nominal",
            new PromptText.Ids(clean),
            new PromptText.Ids(corrupted),
            new AnswerSpec.None(),
            new AnswerSpec.None(),
            Map.of(),
            Map.of());
    return new TokenizedPair(
        pair,
        PairStatus.OK,
        Optional.empty(),
        "",
        "",
        new TokenSequence(clean, texts),
        new TokenSequence(corrupted, texts),
        Map.of(),
        new AnswerTokens.None(),
        new AnswerTokens.None());
  }
}
