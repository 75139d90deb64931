package org.patchgrid.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.query.QueryFile;
import org.patchgrid.report.ReportWriter;
import org.patchgrid.report.Study;
import org.patchgrid.report.StudyFacts;
import org.patchgrid.results.GeneratedStudy;
import org.patchgrid.results.StudyFiles;
import org.patchgrid.results.StudyResults;

/**
 * The pictures of the documentation. With {@code -Dpatchgrid.screenshots=DIR}, a study's results,
 * they are made of it and written to docs/images; otherwise of a generated study, and thrown away.
 */
class ScreenshotsTest {
  private static final long LARGEST = 300_000;

  @Test
  void picturesAreMadeOfThePagesAsTheyAre(@TempDir Path directory)
      throws IOException, SQLException {
    String given = System.getProperty("patchgrid.screenshots", "");
    Path root = Path.of(System.getProperty("patchgrid.root", ""));
    Path images = given.isEmpty() ? directory : root.resolve("docs/images");
    StudyFiles files =
        given.isEmpty()
            ? GeneratedStudy.write(directory.resolve("study"), "generated").files()
            : new StudyFiles(root.resolve(given));
    DashboardServer.Settings settings =
        new DashboardServer.Settings(
            InetAddress.getLoopbackAddress(),
            0,
            GeneratedStudy.views(),
            QueryFile.all(GeneratedStudy.queries()),
            () -> files,
            Optional.empty(),
            Duration.ofSeconds(5));
    Path report = directory.resolve("report.html");
    try (StudyResults results =
        StudyResults.open(GeneratedStudy.views(), files, Optional.empty())) {
      ReportWriter.write(
          Study.of(StudyFacts.read(files), results, QueryFile.all(GeneratedStudy.queries())),
          Optional.empty(),
          report);
    }
    try (Browser browser = Browser.startOrSkip();
        DashboardServer server = DashboardServer.start(settings)) {
      Page page = browser.page(ColorScheme.LIGHT);
      page.navigate(report.toUri() + "#pair");
      page.setViewportSize(1040, 620);
      shoot(page, images.resolve("report.png"));
      Page dashboard = browser.page(ColorScheme.LIGHT);
      dashboard.navigate(server.uri() + "?view=layers");
      dashboard.locator("canvas").first().waitFor();
      dashboard.setViewportSize(1280, 640);
      shoot(dashboard, images.resolve("dashboard.png"));
      Page dark = browser.page(ColorScheme.DARK);
      dark.navigate(server.uri() + "?view=sites");
      dark.locator("canvas").first().waitFor();
      dark.setViewportSize(1280, 640);
      shoot(dark, images.resolve("dashboard-dark.png"));
      browser.assertQuiet();
    }
  }

  private static void shoot(Page page, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    page.screenshot(new Page.ScreenshotOptions().setPath(file));
    assertThat(Files.size(file)).isBetween(5_000L, LARGEST);
  }
}
