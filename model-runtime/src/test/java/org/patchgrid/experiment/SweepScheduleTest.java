package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.patchgrid.study.Component.ACT;
import static org.patchgrid.study.Component.DOWN_PROJ;
import static org.patchgrid.study.Component.INPUT_LAYERNORM;
import static org.patchgrid.study.Component.K_PROJ;
import static org.patchgrid.study.Component.MLP;
import static org.patchgrid.study.Component.OUTPUT;
import static org.patchgrid.study.Component.O_PROJ;
import static org.patchgrid.study.Component.POST_ATTENTION_LAYERNORM;
import static org.patchgrid.study.Component.Q_PROJ;
import static org.patchgrid.study.Component.RESID_MID;
import static org.patchgrid.study.Component.RESID_PRE;
import static org.patchgrid.study.Component.SELF_ATTN;
import static org.patchgrid.study.Component.V_PROJ;
import static org.patchgrid.study.Component.Z;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.LayerWindow;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/** What coincides, what needs no run and what runs together: decided without a tensor. */
class SweepScheduleTest {
  private static final int LAYERS = 4;
  private static final int LENGTH = 6;

  /** The first position at which the pair differs; it differs at 4 too. */
  private static final int FIRST = 2;

  private static final ModelStructure STRUCTURE = structure(4, 2);

  private final TokenizedPair pair =
      TestPairs.ofIds(List.of(1, 2, 3, 4, 5, 6), List.of(1, 2, 30, 4, 50, 6));
  private final PairOutcomes outcomes = new PairOutcomes(STRUCTURE, pair);

  @Test
  void beforeTheFirstDifferenceNothingHasAnEffect() {
    for (Component component : STRUCTURE.components()) {
      for (int layer = 0; layer < LAYERS; layer++) {
        assertThat(outcomes.of(at(component, layer, FIRST - 1))).isEqualTo(target());
        assertThat(outcomes.of(at(component, layer, 0))).isEqualTo(target());
      }
    }
  }

  @Test
  void inLayerZeroAttentionReadsTheSameWhereTheIdsAreTheSame() {
    for (Component component : List.of(RESID_PRE, INPUT_LAYERNORM, Q_PROJ, K_PROJ, V_PROJ)) {
      assertThat(outcomes.of(at(component, 0, 3))).isEqualTo(target());
      assertThat(outcomes.of(at(component, 1, 3))).isInstanceOf(Outcome.PatchedRow.class);
      assertThat(outcomes.of(at(component, 0, 4))).isInstanceOf(Outcome.PatchedRow.class);
    }
    assertThat(outcomes.of(at(Z, 0, 3))).isInstanceOf(Outcome.PatchedRow.class);
  }

  @Test
  void behindTheLastAttentionOnlyTheLastPositionIsRead() {
    for (Component component :
        EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM))) {
      boolean reaches = Set.of(RESID_PRE, INPUT_LAYERNORM, K_PROJ, V_PROJ).contains(component);
      Outcome outcome = outcomes.of(at(component, LAYERS - 1, 3));
      if (reaches) {
        assertThat(outcome).as(component.roleName()).isInstanceOf(Outcome.PatchedRow.class);
      } else {
        assertThat(outcome).as(component.roleName()).isEqualTo(target());
      }
    }
    assertThat(outcomes.of(whole(MLP, LAYERS - 1)))
        .isEqualTo(outcomes.of(at(MLP, LAYERS - 1, LENGTH - 1)));
    assertThat(outcomes.of(head(Z, LAYERS - 1, 1, Optional.empty())))
        .isEqualTo(outcomes.of(head(Z, LAYERS - 1, 1, Optional.of(span(LENGTH - 1, LENGTH)))));
  }

  @Test
  void aWholeResidualStreamIsTheSourceRun() {
    for (Component component : List.of(RESID_PRE, RESID_MID, OUTPUT)) {
      for (int layer = 0; layer < LAYERS; layer++) {
        assertThat(outcomes.of(whole(component, layer)))
            .isEqualTo(new Outcome.SourceRun(PatchDirection.DENOISING));
      }
    }
    assertThat(outcomes.of(at(OUTPUT, LAYERS - 1, LENGTH - 1)))
        .isInstanceOf(Outcome.SourceRun.class);
  }

  @Test
  void whatMustGiveTheSameNumbersIsOneRow() {
    for (int layer = 0; layer < LAYERS; layer++) {
      assertThat(rows(layer, Optional.empty(), INPUT_LAYERNORM, SELF_ATTN, O_PROJ, Z)).hasSize(1);
      assertThat(rows(layer, Optional.empty(), POST_ATTENTION_LAYERNORM, MLP, DOWN_PROJ, ACT))
          .hasSize(1);
    }
    Optional<TokenSpan> one = Optional.of(span(4, 5));
    assertThat(rows(1, one, SELF_ATTN, O_PROJ, Z)).hasSize(1);
    assertThat(rows(1, one, POST_ATTENTION_LAYERNORM, MLP, DOWN_PROJ, ACT)).hasSize(1);
    assertThat(rows(1, one, RESID_MID, OUTPUT)).hasSize(1);
    assertThat(rows(1, one, INPUT_LAYERNORM, SELF_ATTN)).hasSize(2);
    assertThat(outcomes.of(at(OUTPUT, 1, 4))).isEqualTo(outcomes.of(at(RESID_PRE, 2, 4)));
    assertThat(rows(1, Optional.of(span(FIRST, LENGTH)), INPUT_LAYERNORM, SELF_ATTN))
        .as("all positions that can differ are all positions")
        .hasSize(1);
  }

  @Test
  void theOnlyHeadOfAComponentIsAllOfIt() {
    PairOutcomes ofOneHead = new PairOutcomes(structure(4, 1), pair);
    assertThat(ofOneHead.of(head(K_PROJ, 1, 0, Optional.empty())))
        .isEqualTo(ofOneHead.of(whole(K_PROJ, 1)));
    assertThat(outcomes.of(head(K_PROJ, 1, 0, Optional.empty())))
        .isNotEqualTo(outcomes.of(whole(K_PROJ, 1)));
  }

  @Test
  void equalPromptsNeedNoPatchedRun() {
    PairOutcomes same = new PairOutcomes(STRUCTURE, TestPairs.ofIds(List.of(1, 2), List.of(1, 2)));
    for (Component component : STRUCTURE.components()) {
      assertThat(same.of(whole(component, 1))).isEqualTo(target());
    }
  }

  @Test
  void theGuidesTwelveAreSevenRowsALayer() {
    SweepSchedule schedule = schedule(Computation.AUTO, everyLayer(Component.GUIDE));
    assertThat(schedule.cells()).isEqualTo(12 * LAYERS);
    assertThat(schedule.rows()).isEqualTo(7 * LAYERS);
    assertThat(schedule.waves()).hasSize(1);
    assertThat(schedule.describe())
        .startsWith(
            "48 cells of 1 pairs of 6 tokens: 0 are the target run, 4 the source run, 16 coincide");
  }

  @Test
  void everyRowIsInOneWaveInTheOrderOfJoining() {
    for (int batchRows : List.of(Computation.AUTO, 1, 3, 1000)) {
      SweepSchedule schedule = schedule(batchRows, everyLayer(Component.GUIDE));
      Set<Outcome.PatchedRow> seen = new HashSet<>();
      for (Wave wave : schedule.waves()) {
        assertThat(wave.rows())
            .isNotEmpty()
            .isSortedAccordingTo((a, b) -> a.run().compareTo(b.run()));
        wave.rows().forEach(row -> assertThat(seen.add(row.run())).isTrue());
        if (batchRows != Computation.AUTO) {
          assertThat(wave.rows()).hasSizeLessThanOrEqualTo(batchRows);
        }
      }
      assertThat(seen).hasSize(7 * LAYERS);
    }
  }

  /**
   * One row's layer over t tokens is {@code t (2 d q + 2 d k + 3 d m)} multiplications and its
   * attention {@code 2 T^2 q}, with widths d of the stream, q of all queries, k of all keys, m of
   * the MLP. A row patched at {@code mlp} of layer l is computed in the layers behind it, one
   * patched at {@code self_attn} in that layer's MLP too; in the last layer it has, behind
   * attention, one token.
   */
  @Test
  void operationsAreThoseOfTheFormula() {
    SweepSchedule schedule = schedule(Computation.AUTO, everyLayer(List.of(SELF_ATTN, MLP)));
    double d = 32;
    double q = 4 * 8;
    double k = 2 * 8;
    double m = 48;
    double keysAndQueries = d * q + 2 * d * k;
    double mlp = 3 * d * m;
    double attention = 2.0 * LENGTH * LENGTH * q;
    int own = LENGTH - FIRST;
    double multiplications = 2 * d * 100; // both runs' unembedding
    for (int layer = 0; layer < LAYERS; layer++) {
      boolean isLast = layer == LAYERS - 1;
      int earlier = 2 * layer; // patched rows from the layers before
      int before = LENGTH + own + earlier * own;
      int behind = isLast ? 2 + earlier : before;
      int joining = isLast ? 1 : own; // tokens of the row patched at self_attn
      multiplications += before * keysAndQueries + (2 + earlier) * attention;
      multiplications += behind * q * d + (behind + joining) * mlp;
    }
    assertThat(schedule.operations()).isCloseTo(2 * multiplications, withinPercentage(1e-9));
  }

  private SweepSchedule schedule(int batchRows, List<PatchedCell> cells) {
    return SweepSchedule.of(STRUCTURE, List.of(new PairCells(pair, cells)), batchRows);
  }

  private static List<PatchedCell> everyLayer(List<Component> components) {
    List<PatchedCell> cells = new ArrayList<>();
    for (Component component : components) {
      for (int layer = 0; layer < LAYERS; layer++) {
        cells.add(whole(component, layer));
      }
    }
    return cells;
  }

  private Set<Outcome> rows(int layer, Optional<TokenSpan> span, Component... components) {
    Set<Outcome> rows = new HashSet<>();
    for (Component component : components) {
      rows.add(outcomes.of(cell(component, layer, HeadSelection.ALL, span)));
    }
    return rows;
  }

  private static Outcome target() {
    return new Outcome.TargetRun(PatchDirection.DENOISING);
  }

  private static TokenSpan span(int start, int end) {
    return new TokenSpan(start, end);
  }

  private static PatchedCell whole(Component component, int layer) {
    return cell(component, layer, HeadSelection.ALL, Optional.empty());
  }

  private static PatchedCell at(Component component, int layer, int position) {
    return cell(component, layer, HeadSelection.ALL, Optional.of(span(position, position + 1)));
  }

  private static PatchedCell head(
      Component component, int layer, int head, Optional<TokenSpan> span) {
    return cell(component, layer, HeadSelection.one(head), span);
  }

  private static PatchedCell cell(
      Component component, int layer, HeadSelection heads, Optional<TokenSpan> span) {
    Cell cell =
        new Cell(
            "test",
            "pair",
            PatchDirection.DENOISING,
            component,
            layer,
            1,
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty());
    return new PatchedCell(cell, LayerWindow.around(layer, 1, LAYERS), heads, span);
  }

  private static ModelStructure structure(int queryHeads, int keyValueHeads) {
    return new ModelStructure(
        "tiny",
        LAYERS,
        queryHeads,
        keyValueHeads,
        32,
        8,
        48,
        100,
        EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM)));
  }
}
