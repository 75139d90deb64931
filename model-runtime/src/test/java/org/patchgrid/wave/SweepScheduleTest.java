package org.patchgrid.wave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.patchgrid.study.Component.ACT;
import static org.patchgrid.study.Component.DOWN_PROJ;
import static org.patchgrid.study.Component.GATE_PROJ;
import static org.patchgrid.study.Component.INPUT_LAYERNORM;
import static org.patchgrid.study.Component.K_PROJ;
import static org.patchgrid.study.Component.MLP;
import static org.patchgrid.study.Component.OUTPUT;
import static org.patchgrid.study.Component.O_PROJ;
import static org.patchgrid.study.Component.PATTERN;
import static org.patchgrid.study.Component.POST_ATTENTION_LAYERNORM;
import static org.patchgrid.study.Component.Q_PROJ;
import static org.patchgrid.study.Component.RESID_MID;
import static org.patchgrid.study.Component.RESID_PRE;
import static org.patchgrid.study.Component.SELF_ATTN;
import static org.patchgrid.study.Component.UP_PROJ;
import static org.patchgrid.study.Component.V_PROJ;
import static org.patchgrid.study.Component.Z;
import static org.patchgrid.study.PatchDirection.DENOISING;
import static org.patchgrid.study.PatchDirection.NOISING;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.experiment.TestCells;
import org.patchgrid.experiment.TestPairs;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TestStructures;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/** What a schedule decides, without a model: four layers, six tokens, of which 2 and 4 differ. */
class SweepScheduleTest {
  private static final Set<Component> COMPONENTS =
      EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM));
  private static final ModelStructure MODEL = model(4, 2);
  private static final int LAYERS = 4;
  private static final int LENGTH = 6;
  private static final int LAST = LENGTH - 1;
  private static final TokenizedPair PAIR = TestPairs.differingAt(LENGTH, 2, 4);

  @ParameterizedTest
  @EnumSource(PatchDirection.class)
  void nothingBeforeTheFirstDifferenceHasAnEffect(PatchDirection direction) {
    for (Component component : COMPONENTS) {
      for (int layer = 0; layer < LAYERS; layer++) {
        assertThat(outcome(patch(component, layer).at(0, 2).into(direction)))
            .as("%s at layer %d", component, layer)
            .isEqualTo(new Outcome.TargetRun(direction));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(PatchDirection.class)
  void behindTheLastAttentionOnlyTheLastPositionHasAnEffect(PatchDirection direction) {
    Set<Component> reachLaterPositions = Set.of(RESID_PRE, INPUT_LAYERNORM, K_PROJ, V_PROJ);
    for (Component component : COMPONENTS) {
      Outcome outcome = outcome(patch(component, LAYERS - 1).at(2, LAST).into(direction));
      if (reachLaterPositions.contains(component)) {
        assertThat(outcome).as("%s", component).isInstanceOf(Outcome.PatchedRow.class);
      } else {
        assertThat(outcome).as("%s", component).isEqualTo(new Outcome.TargetRun(direction));
      }
    }
  }

  @Test
  void beforeTheFirstAttentionOnlyPositionsThatDifferHaveAnEffect() {
    Set<Component> beforeAttention = Set.of(RESID_PRE, INPUT_LAYERNORM, Q_PROJ, K_PROJ, V_PROJ);
    for (Component component : COMPONENTS) {
      Outcome outcome = outcome(patch(component, 0).at(3));
      if (beforeAttention.contains(component)) {
        assertThat(outcome).as("%s", component).isEqualTo(new Outcome.TargetRun(DENOISING));
      } else {
        assertThat(outcome).as("%s", component).isInstanceOf(Outcome.PatchedRow.class);
      }
      assertThat(outcome(patch(component, 0).at(2)))
          .as("%s", component)
          .isInstanceOf(Outcome.PatchedRow.class);
    }
  }

  @ParameterizedTest
  @EnumSource(PatchDirection.class)
  void aResidualStreamThatIsTheSourcesWhereverRunsDifferIsTheSourceRun(PatchDirection direction) {
    Outcome source = new Outcome.SourceRun(direction);
    for (int layer = 0; layer < LAYERS; layer++) {
      for (Component stream : List.of(RESID_PRE, RESID_MID, OUTPUT)) {
        assertThat(outcome(patch(stream, layer).into(direction))).isEqualTo(source);
        assertThat(outcome(patch(stream, layer).at(2, LENGTH).into(direction))).isEqualTo(source);
        if (stream != RESID_PRE || layer > 0) {
          assertThat(outcome(patch(stream, layer).at(2, LAST).into(direction)))
              .isNotEqualTo(source);
        }
      }
    }
  }

  @Test
  void theDifferingTokensThemselvesAreTheSourceRun() {
    Outcome source = new Outcome.SourceRun(DENOISING);
    assertThat(outcome(patch(RESID_PRE, 0).at(2, 5))).isEqualTo(source);
    assertThat(outcome(patch(RESID_PRE, 1).window(3).at(2, 5))).isEqualTo(source);
    assertThat(outcome(patch(RESID_PRE, 1).at(2, 5))).isNotEqualTo(source);
  }

  @Test
  void whatIsReadAtTheEndIsTheSourceRun() {
    Outcome source = new Outcome.SourceRun(DENOISING);
    assertThat(outcome(patch(RESID_MID, LAYERS - 1).at(LAST))).isEqualTo(source);
    assertThat(outcome(patch(OUTPUT, LAYERS - 1).at(LAST))).isEqualTo(source);
    assertThat(outcome(patch(OUTPUT, LAYERS - 2).window(3).at(LAST))).isEqualTo(source);
    assertThat(outcome(patch(RESID_PRE, LAYERS - 1).at(LAST))).isNotEqualTo(source);
    assertThat(outcome(patch(OUTPUT, LAYERS - 2).at(LAST))).isNotEqualTo(source);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void componentsThatCoincideAtAllPositionsAreOneRow(int layer) {
    assertThat(coinciding(component -> patch(component, layer)))
        .containsExactlyInAnyOrder(
            Set.of(RESID_PRE, RESID_MID, OUTPUT), // the source run
            Set.of(INPUT_LAYERNORM, Z, O_PROJ, SELF_ATTN),
            Set.of(POST_ATTENTION_LAYERNORM, ACT, DOWN_PROJ, MLP),
            Set.of(Q_PROJ),
            Set.of(K_PROJ),
            Set.of(V_PROJ),
            Set.of(PATTERN),
            Set.of(GATE_PROJ),
            Set.of(UP_PROJ));
  }

  @Test
  void componentsThatCoincideAtOnePositionAreOneRow() {
    assertThat(coinciding(component -> patch(component, 1).at(3)))
        .containsExactlyInAnyOrder(
            Set.of(RESID_PRE),
            Set.of(INPUT_LAYERNORM), // its keys and values reach later positions
            Set.of(Z, O_PROJ, SELF_ATTN),
            Set.of(RESID_MID, OUTPUT),
            Set.of(POST_ATTENTION_LAYERNORM, ACT, DOWN_PROJ, MLP),
            Set.of(Q_PROJ),
            Set.of(K_PROJ),
            Set.of(V_PROJ),
            Set.of(PATTERN),
            Set.of(GATE_PROJ),
            Set.of(UP_PROJ));
  }

  @Test
  void theOutputOfALayerIsTheInputOfTheNext() {
    assertThat(outcome(patch(OUTPUT, 1).at(3))).isEqualTo(outcome(patch(RESID_PRE, 2).at(3)));
    assertThat(outcome(patch(OUTPUT, 1).window(2).at(3)))
        .isEqualTo(outcome(patch(RESID_PRE, 2).window(2).at(3)));
  }

  @Test
  void allPositionsAreThoseFromTheFirstDifferenceOn() {
    for (Component component : COMPONENTS) {
      assertThat(outcome(patch(component, 1)))
          .as("%s", component)
          .isEqualTo(outcome(patch(component, 1).at(2, LENGTH)));
    }
    assertThat(outcome(patch(INPUT_LAYERNORM, 0).at(2, 5)))
        .as("all that attention reads of what differs")
        .isEqualTo(outcome(patch(SELF_ATTN, 0)));
  }

  @Test
  void allPositionsBehindTheLastAttentionAreTheLastOne() {
    assertThat(outcome(patch(MLP, LAYERS - 1))).isEqualTo(outcome(patch(MLP, LAYERS - 1).at(LAST)));
    assertThat(outcome(patch(Z, LAYERS - 1).head(1)))
        .isEqualTo(outcome(patch(Z, LAYERS - 1).head(1).at(LAST)));
  }

  @Test
  void aWindowIsCutDownToTheLayersWhereItHasAnEffect() {
    assertThat(outcome(patch(Q_PROJ, 3).window(2).at(3)))
        .as("layers 2 and 3")
        .isEqualTo(outcome(patch(Q_PROJ, 2).at(3)));
    assertThat(outcome(patch(K_PROJ, 1).window(2).at(3)))
        .as("layers 0 and 1")
        .isEqualTo(outcome(patch(K_PROJ, 1).at(3)));
    assertThat(outcome(patch(INPUT_LAYERNORM, 2).window(3)))
        .isEqualTo(outcome(patch(SELF_ATTN, 2).window(3)))
        .isNotEqualTo(outcome(patch(SELF_ATTN, 2)));
  }

  @Test
  void theOnlyHeadIsAllOfThem() {
    ModelStructure oneKeyValueHead = model(4, 1);
    for (Component component : List.of(K_PROJ, V_PROJ)) {
      assertThat(outcome(oneKeyValueHead, patch(component, 1).head(0)))
          .isEqualTo(outcome(oneKeyValueHead, patch(component, 1)));
      assertThat(outcome(patch(component, 1).head(0))).isNotEqualTo(outcome(patch(component, 1)));
    }
    ModelStructure oneHead = model(1, 1);
    assertThat(outcome(oneHead, patch(Z, 1).head(0)))
        .isEqualTo(outcome(oneHead, patch(SELF_ATTN, 1)));
    assertThat(outcome(oneHead, patch(Q_PROJ, 1).head(0)))
        .isEqualTo(outcome(oneHead, patch(Q_PROJ, 1)));
  }

  @Test
  void headsDoNotCoincide() {
    for (Component component : List.of(Q_PROJ, K_PROJ, V_PROJ, PATTERN, Z)) {
      Set<Outcome> outcomes = new HashSet<>();
      outcomes.add(outcome(patch(component, 1)));
      for (int head = 0; head < MODEL.heads(component); head++) {
        outcomes.add(outcome(patch(component, 1).head(head)));
      }
      assertThat(outcomes).hasSize(1 + MODEL.heads(component));
    }
  }

  @Test
  void theGuidesTwelveAreSevenRowsALayer() {
    List<PatchedCell> cells = new ArrayList<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      for (Component component : Component.GUIDE) {
        cells.add(patch(component, layer).cell());
        cells.add(patch(component, layer).into(NOISING).cell());
      }
    }
    SweepSchedule schedule = schedule(List.of(new PairCells(PAIR, cells)), Computation.AUTO);
    assertThat(schedule.rows()).isEqualTo(2 * 7 * LAYERS);
    assertThat(schedule.waves()).hasSize(1);
    assertThat(schedule.outcomes().get(0))
        .hasSize(2 * 12 * LAYERS)
        .doesNotHaveAnyElementsOfTypes(Outcome.TargetRun.class)
        .filteredOn(Outcome.SourceRun.class::isInstance)
        .hasSize(2 * LAYERS);
    assertThat(schedule.operations()).isCloseTo(7.13e6, withinPercentage(0.1));
  }

  @Test
  void identicalPromptsNeedNoPatchedRun() {
    TokenizedPair same = TestPairs.differingAt(LENGTH);
    List<PatchedCell> cells = everyPatch(DENOISING);
    SweepSchedule schedule = schedule(List.of(new PairCells(same, cells)), Computation.AUTO);
    assertThat(schedule.outcomes().get(0)).containsOnly(new Outcome.TargetRun(DENOISING));
    assertThat(schedule.waves())
        .containsExactly(new Wave(LENGTH, List.of(new Wave.Pair(0, LAST)), List.of()));
  }

  @Test
  void rowsJoinAsThePassMeetsTheirPatches() {
    List<PatchedCell> cells =
        List.of(
            patch(MLP, 2).cell(),
            patch(V_PROJ, 2).at(3).cell(),
            patch(GATE_PROJ, 0).cell(),
            patch(Q_PROJ, 1).window(2).at(3).cell(), // layers 0 and 1, of which 1 has an effect
            patch(Q_PROJ, 1).at(2).cell());
    SweepSchedule schedule =
        schedule(List.of(new PairCells(PAIR, cells), new PairCells(PAIR, cells)), Computation.AUTO);
    assertThat(schedule.waves()).hasSize(1);
    assertThat(schedule.waves().get(0).rows())
        .extracting(row -> row.pair() + " " + row.run().join().point())
        .containsExactly(
            "0 mlp.gate_proj at layer 0",
            "1 mlp.gate_proj at layer 0",
            "0 self_attn.q_proj at layer 1",
            "0 self_attn.q_proj at layer 1",
            "1 self_attn.q_proj at layer 1",
            "1 self_attn.q_proj at layer 1",
            "0 self_attn.v_proj at layer 2",
            "1 self_attn.v_proj at layer 2",
            "0 mlp at layer 2",
            "1 mlp at layer 2");
  }

  @ParameterizedTest
  @ValueSource(ints = {Computation.AUTO, 1, 7, 64})
  void everyRowIsInOneWaveWithItsPair(int batchRows) {
    List<PairCells> pairs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      List<PatchedCell> cells = new ArrayList<>(i % 3 == 0 ? List.of() : everyPatch(DENOISING));
      cells.addAll(i % 5 == 0 ? everyPatch(NOISING) : List.of());
      pairs.add(new PairCells(TestPairs.differingAt(LENGTH, i % LENGTH), cells));
    }
    SweepSchedule schedule = schedule(pairs, batchRows);

    Map<Wave.Row, Integer> seen = new LinkedHashMap<>(); // with the pair's place in the schedule
    for (Wave wave : schedule.waves()) {
      for (Wave.Row row : wave.rows()) {
        int pair = wave.pairs().get(row.pair()).index();
        assertThat(seen.putIfAbsent(new Wave.Row(pair, row.run(), true), pair)).isNull();
      }
      if (batchRows != Computation.AUTO) {
        assertThat(wave.rows().size()).isLessThanOrEqualTo(batchRows);
        assertThat(wave.pairs().size()).isLessThanOrEqualTo(batchRows);
      }
    }
    Set<Wave.Row> needed = new HashSet<>();
    for (int i = 0; i < pairs.size(); i++) {
      for (Outcome outcome : schedule.outcomes().get(i)) {
        if (outcome instanceof Outcome.PatchedRow run) {
          needed.add(new Wave.Row(i, run, true));
        }
      }
    }
    assertThat(seen.keySet()).isEqualTo(needed);
    assertThat(schedule.waves().stream().flatMap(wave -> wave.pairs().stream()))
        .extracting(Wave.Pair::index)
        .as("pairs without patches have their clean and corrupted run too")
        .containsAll(IntStream.range(0, 40).boxed().toList());
  }

  @Test
  void pairsThatFitInOneWaveAreNotCut() {
    List<PatchedCell> cells = everyPatch(DENOISING);
    List<PairCells> pairs = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      pairs.add(new PairCells(PAIR, cells));
    }
    SweepSchedule schedule = schedule(pairs, Computation.AUTO);
    assertThat(schedule.waves().size()).isBetween(5, 25);
    assertThat(schedule.waves().stream().mapToInt(wave -> wave.pairs().size()).sum()).isEqualTo(50);
    assertThat(schedule.waves()).allSatisfy(wave -> assertThat(tokens(wave)).isBetween(1L, 2048L));
  }

  /** What {@code prompts.require} asks for: the clean and corrupted runs of every pair. */
  @Test
  void pairsWithoutPatchesAreNotAllInOneWave() {
    List<PairCells> pairs = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      pairs.add(new PairCells(PAIR, List.of()));
    }
    assertThat(schedule(pairs, Computation.AUTO).waves())
        .hasSize(5)
        .allSatisfy(wave -> assertThat(tokens(wave)).isLessThanOrEqualTo(2048));
    assertThat(schedule(pairs, 64).waves()).hasSize(16);
  }

  @Test
  void veryLongPromptsRunTogetherUnlessPatternsAreSeen() {
    TokenizedPair veryLong = TestPairs.differingAt(3000, 10);
    List<PatchedCell> cells = List.of(patch(MLP, 0).cell(), patch(MLP, 1).cell());
    SweepSchedule schedule =
        SweepSchedule.of(model(16, 4), List.of(new PairCells(veryLong, cells)), Computation.AUTO);
    assertThat(schedule.waves()).extracting(wave -> wave.rows().size()).containsExactly(2);

    List<PatchedCell> ofPatterns = List.of(patch(PATTERN, 0).cell(), patch(PATTERN, 1).cell());
    SweepSchedule rowByRow =
        SweepSchedule.of(
            model(16, 4), List.of(new PairCells(veryLong, ofPatterns)), Computation.AUTO);
    assertThat(rowByRow.waves()).extracting(wave -> wave.rows().size()).containsExactly(1, 1);
  }

  @Test
  void isAPureFunctionOfItsCells() {
    List<PairCells> pairs =
        List.of(
            new PairCells(PAIR, everyPatch(DENOISING)),
            new PairCells(TestPairs.differingAt(LENGTH, 1), everyPatch(NOISING)));
    assertThat(schedule(pairs, 7)).isEqualTo(schedule(pairs, 7));

    SweepSchedule swapped = schedule(List.of(pairs.get(1), pairs.get(0)), Computation.AUTO);
    SweepSchedule inOrder = schedule(pairs, Computation.AUTO);
    assertThat(swapped.outcomes())
        .as("a pair's outcomes do not depend on the others")
        .containsExactly(inOrder.outcomes().get(1), inOrder.outcomes().get(0));
    assertThat(swapped.rows()).isEqualTo(inOrder.rows());
  }

  @Test
  void pairsOfOneScheduleHaveOneLength() {
    List<PairCells> pairs =
        List.of(
            new PairCells(PAIR, List.of()), new PairCells(TestPairs.differingAt(7, 1), List.of()));
    assertThatThrownBy(() -> schedule(pairs, Computation.AUTO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Pairs of 6 and 7 tokens in one schedule");
  }

  private static long tokens(Wave wave) {
    WaveTokens tokens = new WaveTokens(new WaveRows(wave), LAYERS);
    long most = tokens.current().size();
    for (int layer = 0; layer < LAYERS; layer++) {
      for (Component component : Component.values()) {
        if (component == PATTERN) {
          tokens.attend(layer);
        }
        tokens.join(new HookPoint(component, layer));
        most = Math.max(most, tokens.current().size());
      }
    }
    return most;
  }

  /** Every component at every layer, at all positions and at each. */
  private static List<PatchedCell> everyPatch(PatchDirection direction) {
    List<PatchedCell> cells = new ArrayList<>();
    for (Component component : COMPONENTS) {
      for (int layer = 0; layer < LAYERS; layer++) {
        cells.add(patch(component, layer).into(direction).cell());
        for (int position = 0; position < LENGTH; position++) {
          cells.add(patch(component, layer).at(position).into(direction).cell());
        }
      }
    }
    return cells;
  }

  private interface PatchOf {
    Patch patch(Component component);
  }

  private static List<Set<Component>> coinciding(PatchOf patches) {
    Map<Outcome, Set<Component>> groups = new LinkedHashMap<>();
    for (Component component : COMPONENTS) {
      groups
          .computeIfAbsent(outcome(patches.patch(component)), outcome -> new HashSet<>())
          .add(component);
    }
    return List.copyOf(groups.values());
  }

  private static Outcome outcome(Patch patch) {
    return outcome(MODEL, patch);
  }

  private static Outcome outcome(ModelStructure model, Patch patch) {
    PairCells cells = new PairCells(PAIR, List.of(patch.cell()));
    return SweepSchedule.of(model, List.of(cells), Computation.AUTO).outcomes().get(0).get(0);
  }

  private static SweepSchedule schedule(List<PairCells> pairs, int batchRows) {
    return SweepSchedule.of(MODEL, pairs, batchRows);
  }

  private static ModelStructure model(int queryHeads, int keyValueHeads) {
    return TestStructures.of("tiny", LAYERS, queryHeads, keyValueHeads, 32, 8, 64, 100, COMPONENTS);
  }

  /** Denoising, of all heads and positions at one layer, unless told otherwise. */
  private static Patch patch(Component component, int layer) {
    return new Patch(component, layer, 1, DENOISING, HeadSelection.ALL, Optional.empty());
  }

  private record Patch(
      Component component,
      int layer,
      int window,
      PatchDirection direction,
      HeadSelection heads,
      Optional<TokenSpan> span) {
    Patch at(int position) {
      return at(position, position + 1);
    }

    Patch at(int start, int end) {
      return new Patch(
          component, layer, window, direction, heads, Optional.of(new TokenSpan(start, end)));
    }

    Patch into(PatchDirection newDirection) {
      return new Patch(component, layer, window, newDirection, heads, span);
    }

    Patch window(int width) {
      return new Patch(component, layer, width, direction, heads, span);
    }

    Patch head(int head) {
      return new Patch(component, layer, window, direction, HeadSelection.one(head), span);
    }

    PatchedCell cell() {
      return cell(LAYERS);
    }

    PatchedCell cell(int layers) {
      Cell cell =
          TestCells.cell(
              "sweep",
              "pair",
              direction,
              component,
              layer,
              window,
              OptionalInt.empty(),
              OptionalInt.empty(),
              Optional.empty());
      return TestCells.patched(cell, layers, heads, span);
    }
  }
}
