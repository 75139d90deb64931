package org.patchgrid.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.results.GeneratedStudy;

class ReportWriterTest {
  static String report(GeneratedStudy study) throws IOException {
    return report(study, Optional.empty());
  }

  private static String report(GeneratedStudy study, Optional<String> pair) throws IOException {
    Path file = study.directory().resolve("report.html");
    try (Study opened = study.open()) {
      ReportWriter.write(opened, pair, file);
    }
    return Files.readString(file);
  }

  @Test
  void saysWhatWasRunWhatIsMissingAndHowToCite(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    String html = report(study);
    assertThat(html)
        .contains("data/models/atlas-6l, float32", "0123456789abcdef", "2 of 3")
        .contains("Not complete: 2 of 3 tasks are stored")
        .contains("length_mismatch", "clean has 5 tokens, corrupted 6")
        .contains("2 of 300 cells were repeated one by one and compared: all agreed")
        .contains("has a mean effect of")
        .contains("The study has no table of aggregates")
        .doesNotContain("class=\"banner\" role=\"note\">Simulated");
  }

  @Test
  void hasTheFiguresOfEverySweepAndMarksWhatIsByConstruction(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    study.addAggregates();
    String html = report(study);
    assertThat(html)
        .contains("id=\"layers-default-denoising-l2\"", "id=\"layers-default-noising-logit_diff\"")
        .contains("id=\"heatmap-layer-position-mlp-positions-denoising-l2\"")
        .contains("id=\"heatmap-layer-head-self_attn_z-heads-denoising-l2\"")
        .contains(
            "id=\"top-sites-default-denoising-l2\"", "id=\"distribution-default-denoising-l2\"")
        .contains("95% bootstrap intervals over pairs")
        .contains(">by construction</text>")
        .contains(">1 City</text>", ">2 Ġis</text>");
    String top =
        html.substring(
            html.indexOf("id=\"top-sites-default-denoising-l2\""),
            html.indexOf("id=\"distribution-default-denoising-l2\""));
    assertThat(top).contains("mlp, layer 0").doesNotContain("output");
  }

  /** By name, "last" would come before what it comes after in every prompt. */
  @Test
  void labelsAreColumnsInTheOrderOfTheStudy(@TempDir Path directory)
      throws IOException, SQLException {
    String html = report(GeneratedStudy.write(directory, "generated"));
    String map =
        html.substring(
            html.indexOf("id=\"heatmap-layer-position-self_attn_z-heads-denoising-l2\""));
    assertThat(map.indexOf(">subject</text>")).isPositive().isLessThan(map.indexOf(">last</text>"));
  }

  @Test
  void entriesOfPatternsAndPathsAreNamedWholeAndHaveFieldsOfTheirOwn(@TempDir Path directory)
      throws IOException, SQLException {
    String html = report(GeneratedStudy.write(directory, "generated"));
    String entries = chart(html, "heatmap-layer-position-self_attn_pattern-entries-denoising-l2");
    assertThat(entries)
        .containsSubsequence(
            ">2 Ġis &lt;- 0 &lt;|bos|&gt;</text>",
            ">2 Ġis &lt;- 1 City</text>",
            ">2 Ġis &lt;- 2 Ġis</text>",
            ">3 Ġin &lt;- 0 &lt;|bos|&gt;</text>");
    // Four layers of six entries; a field has its number.
    assertThat(entries.split("font-size=\"11\"", -1)).hasSize(1 + 24);
    assertThat(chart(html, "top-sites-entries-denoising-l2"))
        .contains(">self_attn.pattern, layer 3, position 2, source position 0</text>");
    assertThat(chart(html, "top-sites-paths-denoising-l2"))
        .contains(">self_attn.z, layer 2, head 0, to self_attn.q_proj@3.0</text>");
    for (String figure : List.of("layers", "pair", "distribution")) {
      assertThat(chart(html, figure + "-paths-denoising-l2"))
          .contains(">mlp to final", ">mlp to self_attn.q_proj@3.0");
    }
    assertThat(chart(html, "heatmap-layer-head-self_attn_z_to_final-paths-denoising-l2"))
        .contains("Which heads? self_attn.z to final, sweep paths, denoising, l2");
  }

  private static String chart(String html, String id) {
    int begin = html.indexOf("id=\"" + id + "\"");
    assertThat(begin).as(id).isPositive();
    return html.substring(begin, html.indexOf("</svg>", begin));
  }

  @Test
  void theLayerChartPrintsTheQuerysNumbers(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    String html = report(study);
    try (Study opened = study.open()) {
      var rows =
          opened
              .ask("layers", new Slice("default", "denoising", "l2").parameters("component", "mlp"))
              .records();
      for (var row : rows) {
        assertThat(html)
            .contains(
                ">%.1f%% (%.1f%% to %.1f%%)</text>"
                    .formatted(
                        100 * row.number("mean_effect").orElseThrow(),
                        100 * row.number("t_low").orElseThrow(),
                        100 * row.number("t_high").orElseThrow()));
      }
    }
  }

  @Test
  void aSimulatedStudyCarriesABannerAndNoSentenceToCite(@TempDir Path directory)
      throws IOException, SQLException {
    assertThat(report(GeneratedStudy.write(directory, "simulated:one")))
        .contains("Simulated: the numbers of this study were made up")
        .doesNotContain("has a mean effect of");
  }

  @Test
  void aPairWithoutACorruptedPromptIsShownAsItIs(@TempDir Path directory)
      throws IOException, SQLException {
    String html = report(GeneratedStudy.write(directory, "generated"), Optional.of("pair-04"));
    assertThat(html).contains("One pair beside all pairs: pair-04, denoising, l2");
    assertThat(html.substring(html.indexOf("<dl>"), html.indexOf("</dl>")))
        .contains("<li><span>City</span></li>")
        .doesNotContain("corrupted", "<strong>");
  }

  @Test
  void theFirstPairIsOneThatWasMeasuredUnderTheMetric(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    study.changeCells(
        "SELECT * FROM cells WHERE NOT (pair_id IN ('pair-00', 'pair-01') AND metric = 'l2')");
    assertThat(report(study))
        .contains("One pair beside all pairs: pair-02, denoising, l2")
        .contains("<li><strong>City</strong></li>")
        .doesNotContain("No sweep patches a whole component");
  }

  @Test
  void aPairThatWasNotMeasuredIsNoMatterOfTheSweeps(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    study.changeCells(
        "SELECT * FROM cells WHERE NOT (pair_id = 'pair-00' AND metric = 'l2' AND direction ="
            + " 'denoising')");
    assertThat(report(study, Optional.of("pair-05")))
        .contains(
            "<p>Pair pair-05 was not measured at a whole component in: denoising, l2; noising, l2;"
                + " sweep paths, denoising, l2; sweep paths, noising, l2. Its status is"
                + " length_mismatch: clean has 5 tokens, corrupted 6.</p>")
        .contains("<li><span>Ġis</span></li>")
        .doesNotContain("No sweep patches a whole component");
    assertThat(report(study, Optional.of("pair-00")))
        .contains(
            "<p>Pair pair-00 was not measured at a whole component in: denoising, l2; sweep paths,"
                + " denoising, l2. Its status is ok.</p>")
        .contains("One pair beside all pairs: pair-00, noising, l2");
    study.changeCells("SELECT * FROM cells WHERE sweep IN ('heads', 'positions', 'entries')");
    for (Optional<String> pair : List.of(Optional.<String>empty(), Optional.of("pair-00"))) {
      assertThat(report(study, pair))
          .contains("No sweep patches a whole component at all positions")
          .doesNotContain("was not measured at a whole component");
    }
  }

  /** A window of four around the last of four layers; only the sweep of heads is of all layers. */
  @Test
  void aWindowIsNamedByWhatItCovers(@TempDir Path directory) throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    study.changeCells(
        "SELECT * REPLACE (CASE sweep WHEN 'default' THEN 2 WHEN 'positions' THEN 3 ELSE 4 END AS"
            + " \"window\") FROM cells");
    String html = report(study);
    for (String figure : List.of("layers", "pair")) {
      assertThat(chart(html, figure + "-default-denoising-l2"))
          .contains(">Layer  0</text>", ">Layers 0-1</text>", ">Layers 2-3</text>")
          .doesNotContain("±");
    }
    assertThat(chart(html, "layers-positions-denoising-l2")).contains(">Layer  3 ±1</text>");
    assertThat(chart(html, "layers-heads-denoising-l2"))
        .contains(">Layers 0-1</text>", ">Layers 0-2</text>", ">Layers 1-3</text>");
    assertThat(chart(html, "layers-entries-denoising-l2")).contains(">Layers 1-4</text>");
  }

  @Test
  void sweepsOfLikeNamesHaveFiguresOfTheirOwn(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    study.changeCells(FigureFilesTest.LIKE_NAMES);
    assertThat(Pattern.compile(" id=\"([^\"]*)\"").matcher(report(study)).results())
        .extracting(match -> match.group(1))
        .doesNotHaveDuplicates();
  }

  @Test
  void aReportTakesNoPlaceOfADirectory(@TempDir Path directory) throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory.resolve("study"), "generated");
    Path place = Files.createDirectory(directory.resolve("empty"));
    try (Study opened = study.open()) {
      assertThatThrownBy(() -> ReportWriter.write(opened, Optional.empty(), place))
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining("it is a directory");
    }
    assertThat(place).isEmptyDirectory();
  }

  @Test
  void asksForNothingAndTakesNoPromptForMarkup(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    String html = report(study);
    assertThat(html).contains("&lt;img src=x onerror=alert(1)&gt;").doesNotContain("<img");
    assertThat(html).contains("Content-Security-Policy").contains("default-src 'none'");
    // Nothing to load: no address but the namespace of SVG.
    List<String> addresses =
        Pattern.compile(
                "(?:src|href)=\"([^#\"][^\"]*)\"|url\\(([^#)][^)]*)\\)|https?://[^\"'<\\s]+")
            .matcher(html)
            .results()
            .map(match -> match.group())
            .distinct()
            .toList();
    assertThat(addresses).containsExactly("http://www.w3.org/2000/svg");
  }

  @Test
  void aStudyThatHasStoredNothingSaysSo(@TempDir Path directory) throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    for (String table : List.of("cells", "pairs")) {
      try (var files = Files.list(directory.resolve(table))) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
    assertThat(report(study)).contains("No measurement is stored yet");
  }
}
