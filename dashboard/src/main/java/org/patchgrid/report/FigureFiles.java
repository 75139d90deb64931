package org.patchgrid.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.renderer.NullPlatformSupport;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.patchgrid.results.QueryResult;

/**
 * Figures as files: the chart as SVG and PNG, its rows as CSV and JSON lines, each named as the
 * report names the figure. Charts are on white, for papers.
 */
public final class FigureFiles {
  /** Pixels of a PNG for one of the chart. */
  static final int SCALE = 2;

  private static final ObjectMapper JSON = new ObjectMapper();

  private FigureFiles() {}

  /**
   * What was written.
   *
   * @param names of the figures
   * @param sweepsWithoutPair that patch no whole component, and so have no figure of one pair
   */
  public record Written(List<String> names, List<String> sweepsWithoutPair) {
    public Written {
      names = List.copyOf(names);
      sweepsWithoutPair = List.copyOf(sweepsWithoutPair);
    }
  }

  /**
   * Writes every chart of a study, those of ablations and of each sweep, direction and metric;
   * files of the same names are replaced.
   *
   * @param folder is made if it is not there
   */
  public static Written write(Study study, Path folder) throws IOException {
    Files.createDirectories(folder);
    Figures figures = new Figures(study);
    List<Figure> charts = new ArrayList<>(figures.changes());
    Set<String> sweepsWithoutPair = new TreeSet<>();
    for (Slice slice : figures.slices()) {
      Optional<String> pair = figures.firstPair(slice);
      if (pair.isEmpty()) {
        sweepsWithoutPair.add(slice.sweep());
      }
      charts.addAll(figures.charts(slice, pair));
    }
    for (Figure chart : charts) {
      write(chart, folder);
    }
    return new Written(charts.stream().map(Figure::id).toList(), List.copyOf(sweepsWithoutPair));
  }

  static void write(Figure figure, Path folder) throws IOException {
    if (figure.svg().isPresent()) {
      String svg = figure.svg().get();
      Files.writeString(folder.resolve(figure.id() + ".svg"), onWhite(svg));
      ImageIO.write(png(svg), "png", folder.resolve(figure.id() + ".png").toFile());
    }
    writeCsv(figure.data(), folder.resolve(figure.id() + ".csv"));
    writeJson(figure.data(), folder.resolve(figure.id() + ".json"));
  }

  private static String onWhite(String svg) {
    String title = "</title>";
    int place = svg.indexOf(title) + title.length();
    return svg.substring(0, place)
        + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
        + svg.substring(place);
  }

  static BufferedImage png(String svg) {
    SVGDocument document =
        Optional.ofNullable(
                new SVGLoader()
                    .load(
                        new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)),
                        null,
                        LoaderContext.createDefault()))
            .orElseThrow(() -> new IllegalStateException("Not an SVG: " + svg));
    int width = (int) Math.ceil(SCALE * document.size().width);
    int height = (int) Math.ceil(SCALE * document.size().height);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, width, height);
      document.renderWithPlatform(
          NullPlatformSupport.INSTANCE, graphics, new ViewBox(width, height));
    } finally {
      graphics.dispose();
    }
    return image;
  }

  private static void writeCsv(QueryResult data, Path file) throws IOException {
    CSVFormat format = CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get();
    try (Writer out = Files.newBufferedWriter(file);
        CSVPrinter csv = new CSVPrinter(out, format)) {
      csv.printRecord(data.columns());
      for (List<@Nullable Object> row : data.rows()) {
        csv.printRecord(row);
      }
    }
  }

  private static void writeJson(QueryResult data, Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      for (List<@Nullable Object> row : data.rows()) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int column = 0; column < row.size(); column++) {
          object.put(data.columns().get(column), row.get(column));
        }
        out.write(JSON.writeValueAsString(object) + "\n");
      }
    }
  }
}
