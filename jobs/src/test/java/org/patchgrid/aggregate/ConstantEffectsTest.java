package org.patchgrid.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.patchgrid.table.AggregateRow;
import org.patchgrid.table.Measure;

class ConstantEffectsTest {
  private static AggregateRow effects(int layer, int pairs, double least, double most) {
    return AggregateRows.row(
        AggregateRows.site("denoising", layer), Measure.EFFECT, pairs, least, least, most, 1);
  }

  @Test
  void oneNumberForAllIsTold() {
    String warning =
        "every effect of sweep 'default' under l2 is 0.0: the patches reach nothing that this metric reads, or the study asks for something else than you meant";
    assertThat(ConstantEffects.of(List.of(effects(0, 1, 0, 0), effects(1, 1, 0, 0))))
        .contains(warning);
    assertThat(ConstantEffects.of(List.of(effects(0, 2, -0.0, -0.0)))).contains(warning);
    assertThat(ConstantEffects.of(List.of(effects(0, 2, 1.5, 1.5))).orElseThrow())
        .startsWith("every effect of sweep 'default' under l2 is 1.5: ");
    AggregateRow undefined = effects(1, 0, Double.NaN, Double.NaN);
    assertThat(ConstantEffects.of(List.of(effects(0, 2, 0, 0), undefined))).contains(warning);
  }

  @Test
  void oneValueAloneAndDifferentOnesAreNot() {
    assertThat(ConstantEffects.of(List.of())).isEmpty();
    assertThat(ConstantEffects.of(List.of(effects(0, 1, 0, 0)))).isEmpty();
    assertThat(ConstantEffects.of(List.of(effects(0, 2, 0, 0.5)))).isEmpty();
    assertThat(ConstantEffects.of(List.of(effects(0, 1, 0, 0), effects(1, 1, 1, 1)))).isEmpty();
  }

  /** Recoveries and the means of layers follow from the sites' effects. */
  @Test
  void effectsOfSitesDecide() {
    AggregateRow recovery =
        AggregateRows.row(AggregateRows.site("denoising", 0), Measure.RECOVERY, 2, 1, 1, 1, 1);
    AggregateRow layer = effects(0, 2, 1, 1);
    AggregateRow ofLayer =
        new AggregateRow(
            layer.group().wholeLayer(),
            layer.tag(),
            layer.measure(),
            layer.sites(),
            layer.counts(),
            layer.statistics(),
            layer.place());
    assertThat(ConstantEffects.of(List.of(effects(0, 2, 0, 0), recovery, ofLayer))).isPresent();
    assertThat(ConstantEffects.of(List.of(recovery, ofLayer))).isEmpty();
  }
}
