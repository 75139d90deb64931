package org.patchgrid.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.report.Study;
import org.patchgrid.results.GeneratedStudy;
import org.patchgrid.results.QueryResult;

/** The pages as a person has them: in a real browser, whose complaints count. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesInChromiumTest {
  private static final List<String> VIEWS =
      List.of(
          "view=overview",
          "view=layers",
          "view=layers&direction=noising&metric=logit_diff&tag=relation&tag_value=even",
          "view=heatmap&sweep=positions",
          "view=heatmap&sweep=heads",
          "view=heatmap&sweep=heads&position_label=subject",
          "view=heatmap&sweep=entries",
          "view=layers&sweep=paths",
          "view=sites",
          "view=pairs",
          "view=metrics",
          "view=compare",
          "view=site&sweep=positions&component=mlp&layer=0&position=1",
          "view=pair&pair_id=pair-01&sweep=positions",
          "view=pair&pair_id=pair-01&sweep=entries",
          "view=nothing");

  private Optional<Browser> browser = Optional.empty();
  private GeneratedStudy study;
  private DashboardServer server;

  @BeforeAll
  void startBrowser() {
    browser = Optional.of(Browser.startOrSkip());
  }

  @AfterAll
  void stopBrowser() {
    browser.ifPresent(Browser::close);
  }

  @BeforeEach
  void startServer(@TempDir Path directory) throws IOException, SQLException {
    study = GeneratedStudy.write(directory.resolve("study"), "generated");
    study.addAggregates();
    GeneratedStudy other = GeneratedStudy.write(directory.resolve("other"), "other");
    other.addTask();
    server =
        DashboardServer.start(DashboardServerTest.settings(study, Optional.of(other::files), 0));
  }

  @AfterEach
  void stopServer() {
    browser().closePages();
    server.close();
  }

  private Browser browser() {
    return browser.orElseThrow();
  }

  private Page open(String state, ColorScheme scheme) {
    return open(state, browser().page(scheme));
  }

  private Page open(String state, Page page) {
    page.navigate(server.uri() + "?" + state);
    waitUntilShown(page);
    return page;
  }

  /** What a person did has set the page to work already. */
  private static void waitUntilShown(Page page) {
    page.locator("#main[aria-busy=false]").waitFor();
  }

  private QueryResult ask(String question, java.util.Map<String, String> values)
      throws IOException {
    try (Study opened = study.open()) {
      return opened.results().run(opened.question(question), values);
    }
  }

  @Test
  void everyViewLoadsWithoutComplaintInLightAndDark() throws IOException {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (String view : VIEWS) {
        Page page = open(view, scheme);
        assertThat(page.locator("[role=alert]").count()).as(view).isZero();
        assertThat(page.locator("main h2").count()).as(view).isPositive();
        page.context().close();
        Page inspected = open(view, browser().page(scheme, true, true));
        assertThat(Browser.seriousViolations(inspected)).as(view + " " + scheme).isEmpty();
        inspected.context().close();
      }
    }
    browser().assertQuiet();
  }

  @Test
  void numbersOnScreenAreTheQuerys() throws IOException {
    Page page = open("view=layers&direction=noising&metric=logit_diff", ColorScheme.LIGHT);
    List<QueryResult.Row> rows =
        ask(
                "layers",
                java.util.Map.of(
                    "sweep", "default", "direction", "noising", "metric", "logit_diff"))
            .records();
    Locator cells = page.locator("td[data-column=mean_effect]");
    assertThat(cells.count()).isEqualTo(rows.size());
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).number("mean_effect").isEmpty()) {
        assertThat(cells.nth(i).textContent()).isEmpty();
        continue;
      }
      double expected = rows.get(i).number("mean_effect").getAsDouble();
      assertThat(Double.parseDouble(cells.nth(i).getAttribute("data-value"))).isEqualTo(expected);
      assertThat(Double.parseDouble(cells.nth(i).textContent()))
          .isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-3 * Math.abs(expected)));
    }
    browser().assertQuiet();
  }

  @Test
  void filtersChangeWhatTheyShouldAndTheAddressKeepsThem() {
    Page page = open("view=layers", ColorScheme.LIGHT);
    assertThat(column(page, "metric")).containsOnly("l2");
    assertThat(column(page, "component")).contains("mlp", "self_attn", "output");
    List<String> all = column(page, "mean_effect");
    page.selectOption("select[name=metric]", "logit_diff");
    waitUntilShown(page);
    assertThat(column(page, "metric")).containsOnly("logit_diff");
    page.selectOption("select[name=component]", "mlp");
    waitUntilShown(page);
    assertThat(column(page, "component")).containsOnly("mlp");
    page.selectOption("select[name=direction]", "noising");
    waitUntilShown(page);
    assertThat(column(page, "direction")).containsOnly("noising");
    page.selectOption("select[name=tag]", "relation");
    waitUntilShown(page);
    assertThat(page.url()).contains("tag=relation", "tag_value=even", "metric=logit_diff");
    String address = page.url();
    Page again = open(address.substring(address.indexOf('?') + 1), ColorScheme.LIGHT);
    assertThat(column(again, "mean_effect")).isEqualTo(column(page, "mean_effect"));
    for (int i = 0; i < 4; i++) {
      page.goBack();
      String search = page.url().substring(page.url().indexOf('?'));
      page.locator("#main[aria-busy=false][data-shown='" + search + "']").waitFor();
    }
    assertThat(column(page, "mean_effect")).isEqualTo(all);
    browser().assertQuiet();
  }

  private static List<String> column(Page page, String name) {
    return page.locator("td[data-column=" + name + "]").allTextContents();
  }

  /** In the first map of the page, which has four layers, and so to the page of that site. */
  private static void chooseFieldOfTheFirstLayer(Page page, int column, int columns) {
    Locator canvas = page.locator(".chart").first();
    var box = canvas.boundingBox();
    // The grid begins 70 pixels from the left and ends 20 from the right; a layer has 24.
    double width = (box.width - 90) / columns;
    canvas.click(
        new Locator.ClickOptions()
            .setPosition(70 + (column + 0.5) * width, box.height - 50 - 3.5 * 24));
    page.waitForURL(Pattern.compile(".*view=site.*"));
  }

  @Test
  void aHeatMapLeadsToThePairsAndTheTokensOfAPair() {
    Page page = open("view=heatmap&sweep=positions", ColorScheme.LIGHT);
    chooseFieldOfTheFirstLayer(page, 1, 4);
    waitUntilShown(page);
    assertThat(page.url()).contains("component=mlp", "layer=0", "position=1");
    assertThat(column(page, "pair_id")).hasSize(11);
    page.locator("td[data-column=pair_id] a")
        .filter(new Locator.FilterOptions().setHasText("pair-01"))
        .click();
    page.waitForURL(Pattern.compile(".*view=pair.*"));
    waitUntilShown(page);
    assertThat(page.locator(".tokens").first().locator("li").allTextContents())
        .containsExactly("<|bos|>", "<b>", "Ġis", "Ġin");
    assertThat(page.locator(".tokens .differs").allTextContents()).containsExactly("<b>", "Town");
    browser().assertQuiet();
  }

  @Test
  void aPairWithoutACorruptedPromptHasNoListOfIt() {
    Page page = open("view=pair&pair_id=pair-04", ColorScheme.LIGHT);
    assertThat(page.locator(".tokens").allTextContents()).containsExactly("<|bos|>CityĠisĠin");
    assertThat(page.locator(".tokens .differs").count()).isZero();
    browser().assertQuiet();
  }

  /** Labels are drawn, so that the page's own module is asked; the report has the same names. */
  @Test
  void aWindowIsNamedByWhatItCovers() {
    Page page = open("view=layers", ColorScheme.LIGHT);
    assertThat(
            page.evaluate(
                """
                async () => {
                  const { layerName } = await import('/dom.js');
                  const name = (layer, window, last) => layerName({ layer, window }, last);
                  return [name(4, 1, 5), name(4, 3, 5), name(4, 2, 5), name(0, 2, 5), name(5, 4, 5), name(5, 4)].join(', ');
                }
                """))
        .isEqualTo("Layer 4, Layer 4 ±1, Layers 3-4, Layer 0, Layers 3-5, Layers 3-6");
    browser().assertQuiet();
  }

  @Test
  void theColumnsOfLabelsAreInTheOrderOfTheStudy() {
    Page page = open("view=heatmap&sweep=heads", ColorScheme.LIGHT);
    chooseFieldOfTheFirstLayer(page, 0, 2);
    assertThat(page.url()).contains("layer=0", "position_label=subject");
    browser().assertQuiet();
  }

  /** Three entries a position: the second column is the first position's second. */
  @Test
  void anEntryOfAPatternHasAFieldAndAnAddressOfItsOwn() {
    Page page = open("view=heatmap&sweep=entries", ColorScheme.LIGHT);
    chooseFieldOfTheFirstLayer(page, 1, 6);
    waitUntilShown(page);
    assertThat(page.url()).contains("layer=0", "position=2", "source_position=1");
    assertThat(page.locator("main h2").first().textContent())
        .isEqualTo("One site: self_attn.pattern, layer 0, position 2, source position 1");
    assertThat(column(page, "pair_id")).hasSize(11).doesNotHaveDuplicates();
    browser().assertQuiet();
  }

  @Test
  void pathsToSeveralReceiversHaveChartsOfTheirOwn() {
    Page page = open("view=layers&sweep=paths", ColorScheme.LIGHT);
    assertThat(page.locator("main h3").allTextContents())
        .containsExactly(
            "mlp to final",
            "mlp to self_attn.q_proj@3.0",
            "self_attn.z to final",
            "self_attn.z to self_attn.q_proj@3.0");
    page = open("view=sites&sweep=paths", ColorScheme.LIGHT);
    page.locator("td[data-column=layer] a").first().click();
    page.waitForURL(Pattern.compile(".*view=site.*"));
    waitUntilShown(page);
    assertThat(page.locator("main h2").first().textContent())
        .isEqualTo("One site: mlp, layer 0, to self_attn.q_proj@3.0");
    assertThat(column(page, "pair_id")).hasSize(11).doesNotHaveDuplicates();
    browser().assertQuiet();
  }

  @Test
  void theSameWayWorksWithTheKeyboardAlone() {
    Page page = open("view=heatmap&sweep=positions", ColorScheme.LIGHT);
    page.locator("td[data-column=layer] a").first().focus();
    page.keyboard().press("Enter");
    page.waitForURL(Pattern.compile(".*view=site.*"));
    waitUntilShown(page);
    page.locator("#main:focus").waitFor();
    browser().assertQuiet();
  }

  @Test
  void theSqlOfAViewCanBeCopied() throws IOException {
    Page page = open("view=layers", browser().page(ColorScheme.LIGHT, true, true));
    page.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
    page.locator("details.sql summary").first().click();
    page.locator("details.sql button").first().click();
    page.locator("details.sql [role=status]").first().getByText("copied").waitFor();
    String copied = (String) page.evaluate("navigator.clipboard.readText()");
    Study opened = study.open();
    opened.results().close();
    assertThat(copied).contains("-- with metric = l2").endsWith(opened.question("layers").sql());
    browser().assertQuiet();
  }

  @Test
  void aChartAndATableCanBeSavedWithTheKeyboard() throws IOException {
    Page page = open("view=layers&metric=l2&direction=denoising", ColorScheme.DARK);
    byte[] picture = saved(page, "Save as PNG: Mean effect of mlp by layer");
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture));
    double width = page.locator(".chart").first().boundingBox().width;
    assertThat(image.getWidth()).isEqualTo((int) Math.round(2 * width));
    assertThat(IntStream.range(0, image.getHeight()))
        .as("bars, in the colour of the page")
        .anyMatch(y -> (image.getRGB(200, y) & 0xffffff) == 0x4477aa);
    String chart = new String(saved(page, "Save as CSV: Mean effect of mlp by layer"), UTF_8);
    assertThat(chart.lines()).hasSize(5);
    String table = new String(saved(page, "Save as CSV: Layers"), UTF_8);
    assertThat(table.lines().skip(1).map(line -> line.split(",", -1)[3]))
        .containsExactlyElementsOf(column(page, "component"));
    browser().assertQuiet();
  }

  private static byte[] saved(Page page, String label) throws IOException {
    Locator button = page.locator("button[aria-label='" + label + "']");
    button.focus();
    Download download = page.waitForDownload(() -> page.keyboard().press("Enter"));
    assertThat(download.suggestedFilename()).matches("[a-z-]+\\.(png|csv)");
    return Files.readAllBytes(download.path());
  }

  @Test
  void aRunningStudyIsFollowed() throws IOException, SQLException {
    Page page = open("view=overview", ColorScheme.LIGHT);
    assertThat(column(page, "tasks_done")).containsExactly("2");
    study.addTask();
    page.locator("#news").getByText("The study has changed").waitFor();
    waitUntilShown(page);
    assertThat(column(page, "tasks_done")).containsExactly("3");
    assertThat(page.locator("#banners").textContent()).contains("Stale");
    browser().assertQuiet();
  }

  @Test
  void whatAStudyHoldsIsNeverMarkup() {
    Page page = open("view=pairs", ColorScheme.LIGHT);
    assertThat(page.locator("main").textContent()).contains(GeneratedStudy.HOSTILE);
    assertThat(page.locator("main img, main script").count()).isZero();
    browser().assertQuiet();
  }
}
