package org.patchgrid.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class FiguresTest {
  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  @Test
  void zeroIsTheMiddleOfTheScaleAndBothSidesAreAlikeFar() {
    DivergingScale scale = new DivergingScale(0.5);
    assertThat(scale.color(0)).isEqualTo("#f7f7f7");
    assertThat(scale.color(0.5)).isEqualTo("#2166ac").isEqualTo(scale.color(7));
    assertThat(scale.color(-0.5)).isEqualTo("#b2182b");
    assertThat(scale.color(0.25)).isEqualTo("#92c5de");
    assertThat(DivergingScale.of(java.util.stream.DoubleStream.of(0.1, -0.4)).limit())
        .isEqualTo(0.4);
  }

  @Test
  void barsAreAsLongAsTheirValues() throws Exception {
    String svg =
        LayerChart.draw(
            "one",
            "Layers",
            "mean effect",
            Map.of(
                "mlp",
                List.of(
                    bar("Layer  0", OptionalDouble.of(1), ""),
                    bar("Layer  1", OptionalDouble.of(-0.5), ""),
                    bar("Layer  2", OptionalDouble.empty(), "by construction"))));
    var rects = parse(svg).getElementsByTagName("g");
    double full = width((Element) rects.item(0));
    assertThat(width((Element) rects.item(1)))
        .isEqualTo(full / 2, org.assertj.core.api.Assertions.within(0.2));
    assertThat(((Element) rects.item(2)).getTextContent()).contains("by construction");
    assertThat(((Element) rects.item(1)).getTextContent()).contains("-50.0%");
  }

  private static LayerChart.Bar bar(String label, OptionalDouble mean, String note) {
    return new LayerChart.Bar(
        label, mean, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(), note);
  }

  private static double width(Element row) {
    return Double.parseDouble(
        ((Element) row.getElementsByTagName("rect").item(0)).getAttribute("width"));
  }

  /** Most heads of a real model have effects as small as these, of either sign. */
  @Test
  void whatRoundsToZeroHasNoSign() throws Exception {
    Document map =
        parse(
            HeatMap.draw(
                "map",
                "t",
                List.of("Layer  0"),
                List.of("0", "1", "2"),
                Map.of(
                    0,
                    OptionalDouble.of(-0.0004),
                    1,
                    OptionalDouble.of(-0.006),
                    2,
                    OptionalDouble.of(0.004)),
                new DivergingScale(1)));
    assertThat(map.getDocumentElement().getTextContent()).contains("0-10").doesNotContain("-0");
    assertThat(Text.percent(-0.0004)).isEqualTo("0.0%");
    assertThat(Text.percent(-0.0006)).isEqualTo("-0.1%");
  }

  @Test
  void aTokenIsTextWhateverItHolds() throws Exception {
    String svg =
        HeatMap.draw(
            "map",
            "a & b < c \"d\"",
            List.of("Layer  0"),
            List.of("</svg><script>", "\u0001"),
            Map.of(0, OptionalDouble.of(0.2), 1, OptionalDouble.empty()),
            new DivergingScale(1));
    Document document = parse(svg);
    assertThat(document.getElementsByTagName("script").getLength()).isZero();
    assertThat(document.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("a & b < c \"d\"");
  }

  @Test
  void chartsOfNothingAndOfEqualValuesAreDrawn() throws Exception {
    parse(
        LayerChart.draw(
            "a", "t", "q", Map.of("mlp", List.of(bar("Layer  0", OptionalDouble.of(0), "")))));
    parse(
        SiteChart.draw(
            "b",
            "t",
            List.of(new SiteChart.Site("s", 0, OptionalDouble.empty(), OptionalDouble.empty())),
            Text::number));
    parse(Histogram.draw("c", "t", Map.of("mlp", List.of(new Histogram.Bin(0, 0.05, 3)))));
  }

  @Test
  void markupThatIsNotClosedIsABug() {
    assertThatThrownBy(() -> new Markup().open("p").toString())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void ticksAreRoundAndInside() {
    assertThat(new Axis(-0.13, 1.02, 0, 100).ticks(4)).containsExactly(0.0, 0.5, 1.0);
    assertThat(new Axis(0, 0.05, 0, 100).ticks(5)).hasSize(6);
  }
}
