package org.patchgrid.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.results.GeneratedStudy;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class FigureFilesTest {
  /** Sweeps, and sets, that differ in what no name of a file may have. */
  static final String LIKE_NAMES =
      """
      SELECT * REPLACE (
        CASE sweep WHEN 'default' THEN 'a.b' WHEN 'paths' THEN 'a b' WHEN 'positions' THEN 'a_b' ELSE sweep END AS sweep,
        CASE WHEN sweep <> 'heads' THEN component WHEN layer = 0 THEN 'set:x.y' WHEN layer = 1 THEN 'set:x y' ELSE component END AS component)
      FROM cells WHERE direction = 'denoising' AND metric = 'l2'
      """;

  private static List<String> write(Path directory, Path folder) throws IOException, SQLException {
    return write(GeneratedStudy.write(directory, "generated"), folder).names();
  }

  private static FigureFiles.Written write(GeneratedStudy generated, Path folder)
      throws IOException {
    try (Study study = generated.open()) {
      return FigureFiles.write(study, folder);
    }
  }

  @Test
  void namesThatDifferInSignsAloneAreKeptApart(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory.resolve("study"), "generated");
    study.changeCells(LIKE_NAMES);
    Path folder = directory.resolve("figures");
    List<String> names = write(study, folder).names();
    assertThat(names)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("[A-Za-z0-9_-]+"))
        .contains(
            "layers-a_b-denoising-l2",
            "layers-a_b-2e7336dc-denoising-l2", // of a.b, whenever it is drawn
            "heatmap-layer-head-self_attn_z-heads-denoising-l2");
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(4 * names.size());
    }
  }

  @Test
  void aSweepWithoutWholeComponentsHasNoFigureOfAPairAndIsNamed(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory.resolve("study"), "generated");
    study.changeCells(
        "SELECT * FROM cells WHERE direction = 'noising' AND (pair_id <> 'pair-00' OR metric = 'l2')");
    FigureFiles.Written written = write(study, directory.resolve("figures"));
    assertThat(written.sweepsWithoutPair()).containsExactly("entries", "heads", "positions");
    assertThat(written.names())
        .filteredOn(name -> name.startsWith("pair-"))
        .containsExactlyInAnyOrder(
            "pair-default-noising-l2",
            "pair-default-noising-logit_diff",
            "pair-paths-noising-l2",
            "pair-paths-noising-logit_diff");
  }

  @Test
  void everyChartIsThereInFourForms(@TempDir Path directory) throws IOException, SQLException {
    Path folder = directory.resolve("made/here");
    List<String> names = write(directory.resolve("study"), folder);
    assertThat(names)
        .doesNotHaveDuplicates()
        .contains(
            "layers-default-noising-logit_diff",
            "pair-default-denoising-l2",
            "heatmap-layer-position-mlp-positions-noising-logit_diff",
            "heatmap-layer-head-self_attn_z-heads-denoising-l2",
            "heatmap-layer-head-self_attn_z_to_final-paths-denoising-l2",
            "top-sites-heads-denoising-l2",
            "distribution-default-denoising-logit_diff");
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrderElementsOf(
              names.stream()
                  .flatMap(
                      name -> List.of(".svg", ".png", ".csv", ".json").stream().map(name::concat))
                  .toList());
    }
    assertThat(Files.readAllLines(folder.resolve("layers-default-denoising-l2.csv")))
        .hasSize(13)
        .anyMatch(line -> line.startsWith("default,denoising,l2,mlp,,0,1,1,11,"));
    assertThat(Files.readAllLines(folder.resolve("layers-default-denoising-l2.json")))
        .hasSize(12)
        .allMatch(line -> line.startsWith("{\"sweep\":\"default\",\"direction\":\"denoising\""));
  }

  /** Every rectangle of a chart is in its picture, at its place and in its colour. */
  @Test
  void picturesHaveTheChartsColours(@TempDir Path directory) throws Exception {
    for (String name : write(directory.resolve("study"), directory)) {
      Element svg =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(directory.resolve(name + ".svg").toFile())
              .getDocumentElement();
      BufferedImage image = ImageIO.read(directory.resolve(name + ".png").toFile());
      assertThat(image.getWidth()).isEqualTo((int) Math.ceil(2 * number(svg, "width")));
      assertThat(image.getHeight()).isEqualTo((int) Math.ceil(2 * number(svg, "height")));
      assertThat(image.getRGB(0, image.getHeight() - 1) & 0xffffff).isEqualTo(0xffffff);
      int seen = 0;
      NodeList rectangles = svg.getElementsByTagName("rect");
      for (int i = 0; i < rectangles.getLength(); i++) {
        Element rectangle = (Element) rectangles.item(i);
        String fill = rectangle.getAttribute("fill");
        boolean underStripes = fill.equals("#e8e8e8");
        if (!rectangle.hasAttribute("x") || number(rectangle, "width") < 6 || underStripes) {
          continue;
        }
        int x = (int) (2 * number(rectangle, "x")) + 5;
        int y = (int) (2 * number(rectangle, "y")) + 5;
        String pixel = "#%06x".formatted(image.getRGB(x, y) & 0xffffff);
        if (fill.startsWith("#")) {
          assertThat(pixel).as(name + " at " + x + " " + y).isEqualTo(fill);
        } else {
          assertThat(image.getRGB(x, y) & 0xff)
              .as(name + ", hatched at " + x + " " + y)
              .isBetween(0x99, 0xe8);
        }
        seen++;
      }
      assertThat(name.startsWith("top-sites") || seen > 0).as(name).isTrue();
      assertThat(darkPixels(image)).as("text of " + name).isGreaterThan(200);
    }
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  private static long darkPixels(BufferedImage image) {
    return java.util.Arrays.stream(
            image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
        .filter(pixel -> (pixel & 0xff) < 0x60 && (pixel >> 8 & 0xff) < 0x60)
        .count();
  }
}
