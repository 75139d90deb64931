package org.patchgrid.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupKeyTest {
  private static final SiteColumns WHOLE =
      new SiteColumns(
          "s",
          "denoising",
          "mlp",
          2,
          OptionalInt.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          1,
          "activation",
          "prompt",
          OptionalInt.empty(),
          Optional.empty());

  /** Each is after the one before by another of its columns, in the order of the table's. */
  private static List<SiteColumns> ascending() {
    OptionalInt no = OptionalInt.empty();
    OptionalInt one = OptionalInt.of(1);
    Optional<String> none = Optional.empty();
    Optional<String> a = Optional.of("a");
    return List.of(
        new SiteColumns("s", "d", "c", 1, no, no, none, 1, "v", "p", no, none),
        new SiteColumns("s", "d", "c", 1, no, no, none, 1, "v", "p", no, a),
        new SiteColumns("s", "d", "c", 1, no, no, none, 1, "v", "p", one, none),
        new SiteColumns("s", "d", "c", 1, no, no, none, 1, "v", "q", no, none),
        new SiteColumns("s", "d", "c", 1, no, no, none, 1, "w", "p", no, none),
        new SiteColumns("s", "d", "c", 1, no, no, none, 12, "v", "p", no, none),
        new SiteColumns("s", "d", "c", 1, no, no, a, 1, "v", "p", no, none),
        new SiteColumns("s", "d", "c", 1, no, one, none, 1, "v", "p", no, none),
        new SiteColumns("s", "d", "c", 1, no, OptionalInt.of(10), none, 1, "v", "p", no, none),
        new SiteColumns("s", "d", "c", 1, one, no, none, 1, "v", "p", no, none),
        new SiteColumns("s", "d", "c", 11, no, no, none, 1, "v", "p", no, none),
        new SiteColumns("s", "d", "cc", 1, no, no, none, 1, "v", "p", no, none),
        new SiteColumns("s", "e", "c", 1, no, no, none, 1, "v", "p", no, none),
        new SiteColumns("t", "d", "c", 1, no, no, none, 1, "v", "p", no, none));
  }

  @Test
  void keysSortAsSitesDoAndGiveThemBack() {
    List<SiteColumns> shuffled = new ArrayList<>(ascending());
    Collections.shuffle(shuffled, new Random(1));
    assertThat(shuffled.stream().sorted()).isEqualTo(ascending());
    assertThat(shuffled.stream().sorted(Comparator.comparing(SiteColumns::toKey)))
        .isEqualTo(ascending());
    for (SiteColumns site : ascending()) {
      assertThat(SiteColumns.ofKey(site.toKey())).isEqualTo(site);
      GroupKey group = GroupKey.ofSite(site, "l2");
      assertThat(GroupKey.ofKey(group.toKey())).isEqualTo(group);
      assertThat(GroupKey.ofKey(group.wholeLayer().toKey())).isEqualTo(group.wholeLayer());
      assertThat(group.toKey()).startsWith(group.part());
    }
  }

  @Test
  void aNameWithTheSeparatorIsRefused() {
    assertThatThrownBy(() -> SiteColumns.ofKey(WHOLE.inDirection("a\0b").toKey()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("A name of a site holds the character U+0000");
    assertThatThrownBy(() -> GroupKey.ofKey("s\0l2\0neither\0" + WHOLE.toKey()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Not a key of a group");
  }

  @Test
  void aLayerIsAllItsHeadsPositionsAndLabels() {
    SiteColumns narrow =
        new SiteColumns(
            "s",
            "denoising",
            "mlp",
            2,
            OptionalInt.of(3),
            OptionalInt.of(4),
            Optional.of("subject"),
            1,
            "activation",
            "prompt",
            OptionalInt.of(5),
            Optional.empty());
    assertThat(narrow.isWholeLayer()).isFalse();
    assertThat(narrow.wholeLayer()).isEqualTo(WHOLE);
    assertThat(narrow.place()).isEqualTo("mlp@2.3[4<-5]:subject");
    assertThat(WHOLE.isWholeLayer()).isTrue();
    assertThat(narrow.inDirection("noising").inDirection("denoising")).isEqualTo(narrow);
    assertThat(narrow.inDirection("noising").direction()).isEqualTo("noising");
    assertThat(ascending().stream().filter(SiteColumns::isWholeLayer))
        .as("a receiver and a window say where a patch goes, not which part of a layer")
        .hasSize(9);
  }
}
