package org.patchgrid.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.report.ReportWriter;
import org.patchgrid.report.Study;
import org.patchgrid.results.GeneratedStudy;

/** The report as a person has it: a file of its own in a real browser, whose complaints count. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportInChromiumTest {
  private Optional<Browser> started = Optional.empty();
  private String report = "";

  @BeforeAll
  void startBrowser(@TempDir Path directory) throws IOException, SQLException {
    started = Optional.of(Browser.startOrSkip());
    GeneratedStudy study = GeneratedStudy.write(directory.resolve("study"), "generated");
    study.addAggregates();
    Path file = study.directory().resolve("report.html");
    try (Study opened = study.open()) {
      ReportWriter.write(opened, Optional.empty(), file);
    }
    report = file.toUri().toString();
  }

  @AfterAll
  void stopBrowser() {
    started.ifPresent(Browser::close);
  }

  @AfterEach
  void closePages() {
    browser().closePages();
  }

  private Browser browser() {
    return started.orElseThrow();
  }

  @Test
  void theReportIsReadAlone() throws IOException {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      Page plain = browser().page(scheme);
      plain.navigate(report);
      plain.locator(".save").first().waitFor();
      Page page = browser().page(scheme, true, true);
      page.navigate(report);
      assertThat(Browser.seriousViolations(page)).as("report " + scheme).isEmpty();
      page.context().close();
    }
    assertThat(browser().requests()).filteredOn(url -> url.contains("report.html")).hasSize(4);
    browser().assertQuiet();
  }

  @Test
  void everyFigureOfTheReportCanBeSaved() throws IOException {
    Page page = browser().page(ColorScheme.DARK);
    page.navigate(report);
    Locator figure = page.locator("#layers-default-denoising-l2");
    assertThat(page.locator("figure .save").count()).isEqualTo(page.locator("figure").count());
    assertThat(saved(page, figure, "SVG")).startsWith("<svg").contains("fill=\"#ffffff\"");
    assertThat(saved(page, figure, "PNG")).startsWith("\uFFFDPNG");
    String csv = saved(page, figure, "CSV");
    assertThat(csv)
        .startsWith("sweep,direction,metric,component,receiver,layer,")
        .contains("\ndefault,denoising,l2,mlp,,0,");
    assertThat(csv.lines()).hasSize(13);
    assertThat(saved(page, figure, "JSON").lines())
        .hasSize(12)
        .allMatch(line -> line.startsWith("{\"sweep\":\"default\""));
    browser().assertQuiet();
  }

  private static String saved(Page page, Locator figure, String format) throws IOException {
    Download download =
        page.waitForDownload(
            () ->
                figure
                    .locator("button")
                    .filter(new Locator.FilterOptions().setHasText(format))
                    .click());
    assertThat(download.suggestedFilename())
        .isEqualTo("layers-default-denoising-l2." + format.toLowerCase(Locale.ROOT));
    return new String(Files.readAllBytes(download.path()), UTF_8);
  }

  @Test
  void theReportHasTablesAndChartsWithoutScripts() throws IOException {
    Page page = browser().page(ColorScheme.LIGHT, false, false);
    page.navigate(report);
    assertThat(page.locator("#layers-default-denoising-l2 svg").isVisible()).isTrue();
    assertThat(page.locator("#layers-default-denoising-l2 tbody tr").count()).isEqualTo(12);
    assertThat(page.locator(".save").count()).isZero();
    browser().assertQuiet();
  }
}
