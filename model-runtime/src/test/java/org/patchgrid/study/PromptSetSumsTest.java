package org.patchgrid.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.patchgrid.study.StatisticsNeeded.NeededMean;

class PromptSetSumsTest {
  private static final HookPoint MLP = new HookPoint(Component.MLP, 3);
  private static final ActivationMean ALL = ActivationMean.at(MLP, MeanOver.ALL, "", 0);
  private static final ActivationMean BUT_FIRST =
      ActivationMean.at(MLP, MeanOver.ALL_BUT_FIRST, "", 0);

  @Test
  void partsAddUpToTheWhole() {
    StatisticsNeeded needed =
        new StatisticsNeeded(
            new TreeSet<>(Set.of("subject")), Set.of(new NeededMean(MLP, MeanOver.ALL, "")));
    PromptSetSums sums = sums(1, 2, 1, 2);
    sums.add(sums(3, 4, 3, 6));
    PromptSetStatistics statistics = sums.statistics(needed);
    assertThat(statistics.deviation("subject")).isCloseTo(Math.sqrt(5.0 / 3), within(1e-15));
    assertThat(statistics.means().get(ALL)).containsExactly(2, 4);
  }

  @Test
  void whatThereIsNoTokenOfHasNoMean() {
    StatisticsNeeded needed =
        new StatisticsNeeded(new TreeSet<>(), Set.of(new NeededMean(MLP, MeanOver.LABEL, "x")));
    assertThatThrownBy(() -> sums(1, 2, 1, 2).statistics(needed))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("Cannot take the mean of mlp at layer 3 over x");
  }

  @Test
  void noiseIsNotScaledByADeviationOfZero() {
    StatisticsNeeded needed = new StatisticsNeeded(new TreeSet<>(Set.of("subject")), Set.of());
    assertThatThrownBy(() -> sums(2, 2, 1, 2).statistics(needed))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("Cannot scale the noise on label 'subject': ");
  }

  @Test
  void positionsHaveMeansWhereAllPromptsAreOfOneLength() {
    ActivationMean second = ActivationMean.at(MLP, MeanOver.POSITION, "", 1);
    StatisticsNeeded needed =
        new StatisticsNeeded(new TreeSet<>(), Set.of(new NeededMean(MLP, MeanOver.POSITION, "")));
    PromptSetSums sums = new PromptSetSums();
    sums.addLength(2);
    sums.addActivation(second, new float[] {1, 2, 3, 4}, 2, 1);
    assertThat(sums.statistics(needed).means().get(second)).containsExactly(3, 4);
    sums.addLength(3);
    assertThatThrownBy(() -> sums.statistics(needed))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith(
            "Cannot take a mean for each position: prompts have from 2 to 3 tokens; ");
    sums.addActivation(ALL, new float[] {1, 2}, 2, 0);
    NeededMean all = new NeededMean(MLP, MeanOver.ALL, "");
    assertThat(sums.statistics(new StatisticsNeeded(new TreeSet<>(), Set.of(all))).means().get(ALL))
        .containsExactly(1, 2);
  }

  @Test
  void aMassiveFirstPositionIsNoticed() {
    assertThat(spoilt(1000)).containsExactly(MLP);
    assertThat(spoilt(2)).isEmpty();
    assertThat(spoilt(4)).isEmpty();
  }

  @Test
  void onlyTheMeanOverAllPositionsIsSpoilt() {
    ActivationMean ofLabel = ActivationMean.at(MLP, MeanOver.LABEL, "subject", 0);
    HookPoint next = new HookPoint(Component.MLP, 4);
    ActivationMean alone = ActivationMean.at(next, MeanOver.ALL, "", 0);
    PromptSetStatistics statistics =
        new PromptSetStatistics(
            Map.of(),
            Map.of(
                ALL, new double[] {3},
                BUT_FIRST, new double[] {1},
                ofLabel, new double[] {1000},
                alone, new double[] {1000}));
    assertThat(statistics.spoiltByTheFirst()).isEmpty();
  }

  private static Iterable<HookPoint> spoilt(float first) {
    PromptSetSums sums = new PromptSetSums();
    sums.addLength(3);
    float[] values = {first, first, 1, 2, 2, 1};
    for (int token = 0; token < 3; token++) {
      sums.addActivation(ALL, values, 2, token);
    }
    sums.addActivation(BUT_FIRST, values, 2, 1);
    sums.addActivation(BUT_FIRST, values, 2, 2);
    NeededMean mean = new NeededMean(MLP, MeanOver.ALL, "");
    return sums.statistics(new StatisticsNeeded(new TreeSet<>(), Set.of(mean))).spoiltByTheFirst();
  }

  private static PromptSetSums sums(float first, float second, float mean, float other) {
    PromptSetSums sums = new PromptSetSums();
    sums.addLength(2);
    sums.addEmbeddings("subject", new float[] {first, second});
    sums.addActivation(ALL, new float[] {9, 9, mean, other}, 2, 1);
    return sums;
  }
}
