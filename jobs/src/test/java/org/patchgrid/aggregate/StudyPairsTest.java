package org.patchgrid.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.patchgrid.table.PairTag;

class StudyPairsTest {
  private static StudyPairs pairs(int count, IntFunction<Map<String, String>> tags) {
    TreeMap<String, Map<String, String>> pairs = new TreeMap<>();
    for (int pair = 0; pair < count; pair++) {
      pairs.put("pair-%03d".formatted(pair), tags.apply(pair));
    }
    return new StudyPairs(pairs, 1, 20, 30);
  }

  @Test
  void pairsAreNumberedByTheirIdsAndSubsetsByTheirTags() {
    StudyPairs pairs = pairs(4, pair -> Map.of("kind", pair % 2 == 0 ? "even" : "odd"));
    assertThat(pairs.size()).isEqualTo(4);
    assertThat(pairs.number("pair-000")).isZero();
    assertThat(pairs.number("pair-003")).isEqualTo(3);
    assertThat(pairs.subsets()).isEqualTo(3);
    assertThat(pairs.tag(0)).isEmpty();
    assertThat(pairs.members(0)).containsExactly(0, 1, 2, 3);
    assertThat(pairs.tag(1)).contains(new PairTag("kind", "even"));
    assertThat(pairs.members(1)).containsExactly(0, 2);
    assertThat(pairs.tag(2)).contains(new PairTag("kind", "odd"));
    assertThat(pairs.members(2)).containsExactly(1, 3);
    assertThatThrownBy(() -> pairs.number("pair-004"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Pair 'pair-004' has measurements but no row with status ok in pairs");
  }

  @Test
  void aTagThatNamesPairsMakesNoSubsets() {
    StudyPairs most = pairs(64, pair -> Map.of("name", "n" + pair));
    assertThat(most.subsets()).isEqualTo(1 + 64);
    assertThat(most.leftOutTags()).isEmpty();
    StudyPairs tooMany = pairs(65, pair -> Map.of("name", "n" + pair, "all", "same"));
    assertThat(tooMany.leftOutTags()).isEqualTo("name");
    assertThat(tooMany.subsets()).isEqualTo(2);
    assertThat(tooMany.tag(1)).contains(new PairTag("all", "same"));
  }

  @Test
  void aSubsetSeesTheDrawsOfAllPairs() throws IOException, ClassNotFoundException {
    StudyPairs pairs = pairs(9, pair -> Map.of("kind", pair < 3 ? "few" : "many"));
    double[] ofFew = {1, 2, 4};
    double[] ofAll = {1, 2, 4, 0, 0, 0, 0, 0, 0};
    Draws all = pairs.draws(0);
    assertThat(all.pairs()).isEqualTo(9);
    assertThat(all.signFlips()).isEqualTo(30);
    assertThat(pairs.draws(1).pairs()).isEqualTo(3);
    assertThat(pairs.draws(1).of(ofFew).weightedSums()).hasSize(20);
    assertThat(pairs.draws(1).of(ofFew).weightedSums())
        .containsExactly(all.of(ofAll).weightedSums());
    assertThat(pairs.draws(1)).isSameAs(pairs.draws(1));

    StudyPairs elsewhere = copied(pairs);
    assertThat(elsewhere.number("pair-004")).isEqualTo(4);
    assertThat(elsewhere.draws(0).of(ofAll).weightedSums())
        .containsExactly(all.of(ofAll).weightedSums());
  }

  private static StudyPairs copied(StudyPairs pairs) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(pairs);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (StudyPairs) in.readObject();
    }
  }
}
