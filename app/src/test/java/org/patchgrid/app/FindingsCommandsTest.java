package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.store.FaultFileSystem;

/**
 * The commands that show what a study says, started as the launcher starts them: {@code report},
 * {@code dashboard}, {@code export}, {@code demo}, on the local disk and on another file system.
 */
class FindingsCommandsTest {
  private static final SimulatedStudy STUDY = new SimulatedStudy(6, 3, 2, 5, 3);

  @TempDir private Path directory = Path.of("");

  private Path study() throws IOException {
    Path study = directory.resolve("study");
    STUDY.write(study, STUDY.tasks());
    return study;
  }

  /** A command with a home of its own, where copies of remote studies go. */
  private ChildJvm start(String... arguments) throws IOException {
    Path home = Files.createTempDirectory(directory, "home");
    return ChildJvm.withOptions(List.of("-Duser.home=" + home), home, arguments);
  }

  private Ended run(String... arguments) throws IOException, InterruptedException {
    try (ChildJvm command = start(arguments)) {
      return command.await();
    }
  }

  /** The study where only Hadoop finds it: the local disk under another scheme. */
  private String remote(Path study) throws IOException {
    Path settings = Files.createDirectories(directory.resolve("settings"));
    Files.writeString(
        settings.resolve("core-site.xml"),
        "<configuration><property><name>fs.fault.impl</name><value>"
            + FaultFileSystem.class.getName()
            + "</value></property></configuration>");
    return "fault://elsewhere" + study;
  }

  private ChildJvm startRemote(String... arguments) throws IOException {
    Path home = Files.createTempDirectory(directory, "home");
    String classPath =
        directory.resolve("settings")
            + System.getProperty("path.separator", ":")
            + System.getProperty("java.class.path", "");
    return ChildJvm.withOptions(
        List.of("-cp", classPath, "-Dpatchgrid.cache=" + home), home, arguments);
  }

  private Ended runRemote(String... arguments) throws IOException, InterruptedException {
    try (ChildJvm command = startRemote(arguments)) {
      return command.await();
    }
  }

  @Test
  void reportIsWrittenIntoTheStudyOrElsewhere() throws IOException, InterruptedException {
    Path study = study();
    Ended ended = run("report", study.toString());
    assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(ExitCode.DONE);
    Path report = study.resolve("report.html");
    assertThat(ended.output()).isEqualTo("Report: " + report + "\n");
    assertThat(Files.readString(report))
        .contains("Simulated: the numbers of this study were made up", SimulatedStudy.ID)
        .contains("The study has no table of aggregates");
    Path other = directory.resolve("other.html");
    Ended again = run("report", study.toString(), "--out", other.toString());
    assertThat(again.exitCode()).as(again.errors()).isEqualTo(ExitCode.DONE);
    assertThat(again.output()).isEqualTo("Report: " + other + "\n");
    assertThat(Files.readString(other)).contains(SimulatedStudy.ID).endsWith("</html>\n");
  }

  @Test
  void aReportThatHasNoPlaceIsAMistake() throws IOException, InterruptedException {
    Ended ended =
        run("report", study().toString(), "--out", directory.resolve("no/where.html").toString());
    assertThat(ended.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(ended.messages())
        .containsExactly(
            "patchgrid: Cannot write '"
                + directory.resolve("no/where.html")
                + "': its directory is not there; make it, or choose another --out");
    Path empty = Files.createDirectory(directory.resolve("empty"));
    Ended there = run("report", directory.resolve("study").toString(), "--out", empty.toString());
    assertThat(there.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(there.messages())
        .containsExactly(
            "patchgrid: Cannot write '" + empty + "': it is a directory; choose another --out");
    assertThat(empty).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"report", "dashboard", "export", "export --figures figures"})
  void whereNoStudyIsEachSaysSo(String command) throws IOException, InterruptedException {
    Path empty = Files.createDirectories(directory.resolve("empty"));
    String[] words = (command + " " + empty).split(" ", -1);
    Ended ended = run(words);
    assertThat(ended.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(ended.output()).isEmpty();
    assertThat(ended.errors().lines())
        .filteredOn(line -> line.startsWith("patchgrid: "))
        .hasSize(1)
        .allMatch(line -> line.startsWith("patchgrid: No study in '"))
        .allMatch(line -> line.endsWith("name a directory that was the --out of a run"));
  }

  @Test
  void dashboardAnswersUntilItIsEnded() throws IOException, InterruptedException {
    try (ChildJvm dashboard = start("dashboard", study().toString(), "--port", "0")) {
      assertThat(studyAsked(dashboard)).isEqualTo(SimulatedStudy.ID);
      dashboard.terminate();
      // 128 + SIGTERM: whoever ended it knows.
      assertThat(dashboard.await().exitCode()).isEqualTo(143);
    }
  }

  /** Asks a dashboard once; its address is the one that it prints. */
  private static String studyAsked(ChildJvm dashboard) throws IOException, InterruptedException {
    String address =
        dashboard.awaitOutput("Dashboard: ").replaceAll("Dashboard: (\\S+) \\(Ctrl-C.*", "$1");
    assertThat(address).matches("http://127\\.0\\.0\\.1:\\d+/");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(address + "api/study")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode json = JsonMapper.builder().build().readTree(answer.body());
    assertThat(json.path("tasks_done").asInt()).isEqualTo(STUDY.tasks());
    return json.path("study").asText();
  }

  @Test
  void dashboardOnATakenPortIsAMistake() throws IOException, InterruptedException {
    try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Ended ended = run("dashboard", study().toString(), "--port", port);
      assertThat(ended.exitCode()).isEqualTo(ExitCode.USER_ERROR);
      assertThat(ended.errors())
          .contains("patchgrid: Cannot listen on port " + port + ": ", "choose another --port");
    }
  }

  @Test
  void aRemoteStudyIsReportedShownAndExported() throws IOException, InterruptedException {
    Path study = study();
    String remote = remote(study);
    Ended report = runRemote("report", remote);
    assertThat(report.exitCode()).as(report.errors()).isEqualTo(ExitCode.DONE);
    assertThat(report.output()).isEqualTo("Report: " + remote + "/report.html\n");
    Ended noPair = runRemote("report", remote, "--pair", "pair-X");
    assertThat(noPair.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(noPair.errors()).contains("patchgrid: The study has no pair_id 'pair-X'");
    assertThat(Files.readString(study.resolve("report.html"))).contains(SimulatedStudy.ID);

    try (ChildJvm dashboard = startRemote("dashboard", remote, "--port", "0")) {
      assertThat(studyAsked(dashboard)).isEqualTo(SimulatedStudy.ID);
    }

    Ended local = run("export", study.toString(), "--query", "data-quality");
    Ended exported = runRemote("export", remote, "--query", "data-quality");
    assertThat(exported.exitCode()).as(exported.errors()).isEqualTo(ExitCode.DONE);
    assertThat(exported.output()).isEqualTo(local.output()).contains("pairs,,ok,,");

    Path figures = directory.resolve("figures");
    Ended drawn = runRemote("export", remote, "--figures", figures.toString());
    assertThat(drawn.exitCode()).as(drawn.errors()).isEqualTo(ExitCode.DONE);
    assertThat(drawn.output())
        .matches("Figures: \\d+ in .*figures, each as .svg, .png, .csv and .json\n");
    assertThat(figures.resolve("layers-components-denoising-l2.png")).exists();
    assertThat(drawn.errors())
        .contains(
            "patchgrid: left out: the figure of one pair, for sweeps that patch no whole component"
                + " at all positions: heads, positions");
  }

  @Test
  void demoEndsWithItsReport() throws IOException, InterruptedException {
    Path out = directory.resolve("demo");
    try (ChildJvm demo =
        ChildJvm.start(
            Files.createDirectory(directory.resolve("work")), "demo", "--out", out.toString())) {
      Ended ended = demo.await();
      assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(ExitCode.DONE);
      assertThat(ended.output())
          .contains("The guide's experiment on atlas-6l", "A small study of 25 pairs")
          .endsWith("Its report, the guide's chart with error bars: " + out + "/report.html\n");
    }
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("95% bootstrap intervals over pairs", "One pair beside all pairs: guide")
        .doesNotContain("Simulated:");
  }
}
