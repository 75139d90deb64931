package org.patchgrid.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A real Chromium without a window. Remembers what its pages complained of and asked for: {@link
 * #assertQuiet} says that nothing went wrong and nothing left this machine.
 */
final class Browser implements AutoCloseable {
  private static final String AXE = "META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser browser;
  private final List<String> complaints = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();

  private Browser(Playwright playwright, String executable) {
    this.playwright = playwright;
    this.browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(java.nio.file.Path.of(executable))
                    // Tests run as root in containers, where Chromium's sandbox cannot.
                    .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")));
  }

  /**
   * Starts the Chromium that the build was told of; without one the test is skipped, and says what
   * it needs.
   */
  static Browser startOrSkip() {
    String executable = System.getProperty("patchgrid.chromium", "");
    assumeFalse(
        executable.isEmpty(),
        "needs a Chromium: apt-get install chromium, then -Dpatchgrid.chromium=/usr/bin/chromium");
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Browser(playwright, executable);
  }

  /** As a person opens it. */
  Page page(ColorScheme scheme) {
    return page(scheme, true, false);
  }

  /**
   * A page of a kind.
   *
   * @param inspected whether the test may run scripts in it: then the pages' own policy is off
   */
  Page page(ColorScheme scheme, boolean scripts, boolean inspected) {
    BrowserContext context =
        browser.newContext(
            new NewContextOptions()
                .setColorScheme(scheme)
                .setJavaScriptEnabled(scripts)
                .setAcceptDownloads(true)
                .setBypassCSP(inspected)
                .setViewportSize(1280, 900));
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          // axe makes a warning of its own, about the canvas it measures letters on.
          boolean warning = message.type().equals("warning") && !inspected;
          if (warning || message.type().equals("error")) {
            complaints.add(message.type() + ": " + message.text());
          }
        });
    page.onPageError(error -> complaints.add("error: " + error));
    page.onRequest(request -> requests.add(request.url()));
    page.onRequestFailed(
        request -> {
          // A question that was asked when its page was closed is no failure.
          if (!"net::ERR_ABORTED".equals(request.failure())) {
            complaints.add("failed: " + request.url() + " " + request.failure());
          }
        });
    return page;
  }

  /** Closes all pages and forgets what they did. */
  void closePages() {
    browser.contexts().forEach(BrowserContext::close);
    complaints.clear();
    requests.clear();
  }

  List<String> requests() {
    return requests;
  }

  /** No error in any console, and every request stayed on this machine. */
  void assertQuiet() {
    assertThat(complaints).isEmpty();
    assertThat(requests)
        .allMatch(
            url ->
                url.startsWith("data:")
                    || url.startsWith("blob:")
                    || url.startsWith("file:")
                    || "127.0.0.1".equals(URI.create(url).getHost()));
  }

  /** What axe finds that keeps a person out. */
  static List<String> seriousViolations(Page page) throws IOException {
    try (InputStream in = Browser.class.getClassLoader().getResourceAsStream(AXE)) {
      if (in == null) {
        throw new IllegalStateException("axe-core is not on the class path");
      }
      page.evaluate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    Object found =
        page.evaluate(
            "async () => (await axe.run()).violations.filter(v => ['serious', 'critical'].includes(v.impact))"
                + ".map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | '))");
    return ((List<?>) found).stream().map(String::valueOf).toList();
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
