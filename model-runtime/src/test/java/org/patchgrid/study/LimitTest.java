package org.patchgrid.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitTest {
  private static final Pattern ROW =
      Pattern.compile("\\| `(patchgrid\\.limit\\.[a-z-]+)` \\| ([0-9,]+) \\|.*");

  @AfterEach
  void clear() {
    System.clearProperty(Limit.SITES.property());
  }

  @Test
  void isAPropertyOfTheJvm() {
    assertThat(Limit.SITES.value()).isEqualTo(Limit.SITES.standard());
    System.setProperty("patchgrid.limit.sites", " 7 ");
    assertThat(Limit.SITES.value()).isEqualTo(7);
    assertThat(Limit.SITES.remedy())
        .isEqualTo("at most 7 are allowed; set -Dpatchgrid.limit.sites to allow more");
    System.setProperty("patchgrid.limit.sites", "5000000000");
    assertThat(Limit.SITES.intValue()).isEqualTo(Integer.MAX_VALUE);
    for (String wrong : List.of("0", "-1", "many", "")) {
      System.setProperty("patchgrid.limit.sites", wrong);
      assertThatThrownBy(Limit.SITES::value)
          .isInstanceOf(PatchgridException.class)
          .hasMessage(
              "patchgrid.limit.sites is '" + wrong + "': it must be a whole number of at least 1");
    }
  }

  @Test
  void thePageListsAllOfThem() throws IOException {
    Path page = Path.of(System.getProperty("patchgrid.root"), "SECURITY.md");
    List<String> listed =
        Files.readAllLines(page).stream()
            .map(ROW::matcher)
            .filter(Matcher::matches)
            .map(row -> row.group(1) + " " + row.group(2).replace(",", ""))
            .toList();
    assertThat(listed)
        .isEqualTo(
            List.of(Limit.values()).stream()
                .map(limit -> limit.property() + " " + limit.standard())
                .toList());
  }
}
