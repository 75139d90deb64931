package org.patchgrid.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.query.QueryFile;
import org.patchgrid.results.GeneratedStudy;
import org.patchgrid.study.PatchgridException;

/** Requests as an attacker writes them: raw, so that no client mends them. */
class DashboardServerTest {
  private GeneratedStudy study;
  private DashboardServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, SQLException {
    Files.writeString(directory.resolve("secret.txt"), "secret");
    study = GeneratedStudy.write(directory.resolve("study"), "generated");
    study.addAggregates();
    server = DashboardServer.start(settings(study, Optional.empty(), 0));
  }

  static DashboardServer.Settings settings(
      GeneratedStudy study, Optional<StudySource> other, int port) throws IOException {
    return new DashboardServer.Settings(
        InetAddress.getLoopbackAddress(),
        port,
        GeneratedStudy.views(),
        QueryFile.all(GeneratedStudy.queries()),
        study::files,
        other,
        Duration.ofMillis(200));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private record Answer(int status, String head, String body) {}

  private String host() {
    return "127.0.0.1:" + server.uri().getPort();
  }

  private Answer get(String target, String... headers) throws IOException {
    return send("GET", target, "Host: " + host(), headers);
  }

  private Answer send(String method, String target, String host, String... headers)
      throws IOException {
    String text = method + " " + target + " HTTP/1.1\r\n" + host + "\r\nConnection: close\r\n";
    for (String header : headers) {
      text += header + "\r\n";
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
      socket.getOutputStream().write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      // A body that was announced and does not come must hold no one up.
      socket.shutdownOutput();
      socket.setSoTimeout(30_000);
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int end = answer.indexOf("\r\n\r\n");
      if (end < 0) {
        return new Answer(0, answer, "");
      }
      return new Answer(
          Integer.parseInt(answer.substring(9, 12)),
          answer.substring(0, end),
          answer.substring(end + 4));
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void answersWithTheQuerysRows() throws IOException {
    Answer answer =
        get("/api/questions/layers?sweep=default&direction=denoising&metric=l2&component=mlp");
    assertThat(answer.status()).isEqualTo(200);
    JsonNode json = new ObjectMapper().readTree(answer.body());
    assertThat(json.path("rows")).hasSize(4);
    assertThat(json.path("total").asInt()).isEqualTo(4);
    assertThat(get("/api/study").body()).contains("\"study\":\"generated\"");
    assertThat(get("/").body()).contains("<title>Patchgrid dashboard</title>");
  }

  @Test
  void everyAnswerForbidsWhatAPageDoesNotNeed() throws IOException {
    for (String target : new String[] {"/", "/app.js", "/api/study", "/nothing"}) {
      assertThat(get(target).head().toLowerCase(java.util.Locale.ROOT))
          .contains("content-security-policy: default-src 'none'; script-src 'self'")
          .doesNotContain("unsafe")
          .contains("x-content-type-options: nosniff", "frame-ancestors 'none'")
          .contains("cross-origin-resource-policy: same-origin", "referrer-policy: no-referrer")
          .doesNotContain("access-control-allow");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example",
        "Host: evil.example:80",
        "Host: localhost",
        "Host: 127.0.0.1",
        "Host: 127.0.0.1:1",
        "Host: 127.0.0.1.evil.example:8080",
        "Host: localhost.:8080",
        "Host:",
        "X-Forwarded-Host: localhost",
      })
  void aNameThatIsNotOursIsRefused(String host) throws IOException {
    Answer answer = send("GET", "/api/study", host);
    assertThat(answer.status()).isNotEqualTo(200);
    assertThat(answer.body()).doesNotContain("fingerprint");
  }

  @Test
  void twoHostsAreRefused() throws IOException {
    assertThat(get("/api/study", "Host: evil.example").status()).isNotEqualTo(200);
  }

  @Test
  void ourOwnNamesAreAllowed() throws IOException {
    int port = server.uri().getPort();
    assertThat(send("GET", "/api/version", "Host: LOCALHOST:" + port).status()).isEqualTo(200);
    assertThat(send("GET", "/api/version", "Host: [::1]:" + port).status()).isEqualTo(200);
    assertThat(get("/api/version", "Origin: http://" + host()).status()).isEqualTo(200);
    assertThat(get("/api/version", "Sec-Fetch-Site: same-origin").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1:1",
        "Origin: https://127.0.0.1",
        "Origin: file://",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
      })
  void otherSitesMayNotAsk(String header) throws IOException {
    Answer answer = get("/api/study", header);
    assertThat(answer.status()).isNotEqualTo(200);
    assertThat(answer.body()).doesNotContain("fingerprint");
  }

  @Test
  void aLinkElsewhereMayOpenThePageAlone() throws IOException {
    String[] link = {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"};
    assertThat(get("/?view=layers", link).status()).isEqualTo(200);
    assertThat(get("/api/study", link).status()).isEqualTo(403);
    assertThat(get("/app.js", link).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST",
        "PUT",
        "DELETE",
        "PATCH",
        "OPTIONS",
        "TRACE",
        "CONNECT",
        "PROPFIND",
        "get",
        "FOO"
      })
  void onlyReadingIsAllowed(String method) throws IOException {
    Answer answer = send(method, "/api/study", "Host: " + host());
    assertThat(answer.status()).isNotEqualTo(200);
    assertThat(answer.body()).doesNotContain("fingerprint");
    assertThat(
            send("GET", "/api/study", "Host: " + host(), "X-HTTP-Method-Override: DELETE").status())
        .isEqualTo(200);
  }

  @Test
  void headHasNoBody() throws IOException {
    Answer answer = send("HEAD", "/api/study", "Host: " + host());
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../secret.txt",
        "/../../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/vendor/../../secret.txt",
        "/vendor/..%00/secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/./index.html/../../secret.txt",
        "//etc/passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://evil.example/",
        "/api/questions/../../secret.txt",
        "/api/questions/views/duckdb",
        "/api/questions/..%2fviews%2fduckdb",
        "/api/questions/layers.sql",
        "/app.js%00.html",
        "/app.js/",
        "/index.html;jsessionid=1",
        "/.git/config",
        "/page/app.js",
        "/cells/task-000000000000.parquet",
        "/manifest/study.json",
        "*",
      })
  void pathsLeadNowhereButToThePage(String target) throws IOException {
    Answer answer = get(target);
    assertThat(answer.status()).isNotEqualTo(200);
    assertThat(answer.body()).doesNotContain("secret", "root:", "CREATE", "fingerprint");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "l2'; DROP TABLE aggregates; --",
        "l2' OR '1'='1",
        "' UNION SELECT * FROM read_text('/etc/passwd') --",
        "$1",
        "?",
        "l2\u0000",
        "(SELECT metric FROM aggregates LIMIT 1)",
        "<script>alert(1)</script>",
      })
  void sqlInAParameterIsAText(String value) throws IOException {
    Answer answer = get("/api/questions/layers?metric=" + encode(value));
    JsonNode json = new ObjectMapper().readTree(answer.body());
    assertThat(json.path("rows")).isEmpty();
    assertThat(answer.body()).doesNotContain("root:");
    assertThat(get("/api/questions/layers?metric=l2").body()).contains("mlp");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "layers?sql=SELECT%201",
        "layers?query=x",
        "layers?metric=l2&metric=kl",
        "layers?METRIC=l2",
        "top-sites?top=1;DROP",
        "top-sites?top=1e9",
        "top-sites?top=99999999999",
        "top-sites?top=0x10",
        "top-sites?top=-1",
        "pairs?top=0",
        "distribution?bins=0",
        "distribution?bins=-3",
        "site-pairs?component=mlp",
        "site-pairs?component=mlp&layer=zero",
        "progress?metric=l2",
        "pair",
      })
  void whatIsNoParameterOfTheQuestionIsSaid(String question) throws IOException {
    Answer answer = get("/api/questions/" + question);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).startsWith("{\"error\":").doesNotContain("Exception", "at org.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          layers?metric=logt_diff | The study has no metric 'logt_diff': there are l2, logit_diff; did you mean 'logit_diff'?
          layers?sweep=defalt&metric=l2 | The study has no sweep 'defalt': there are default, entries, heads, paths, positions; did you mean 'default'?
          pair?pair_id=pair-O3 | The study has no pair_id 'pair-O3': there are pair-00, pair-01, pair-02, pair-03, pair-04, pair-05, pair-06, pair-07, pair-08, pair-09, pair-10, pair-11; did you mean 'pair-03'?
          """)
  void aMisspeltValueIsNoEmptyAnswer(String question, String message) throws IOException {
    Answer answer = get("/api/questions/" + question);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(new ObjectMapper().readTree(answer.body()).path("error").asText())
        .isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "layers?metric=answer_rank",
        "layers?component=self_attn.q_norm",
        "pairs?status=invalid"
      })
  void whatAStudyMightHaveAndHasNotIsAnEmptyAnswer(String question) throws IOException {
    Answer answer = get("/api/questions/" + question);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(new ObjectMapper().readTree(answer.body()).path("rows")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/?metric=%", "/api/questions/layers?metric=%zz", "/%"})
  void addressesThatAreNoneAreRefused(String target) throws IOException {
    Answer answer = get(target);
    assertThat(answer.status()).isNotEqualTo(200);
    assertThat(answer.body()).doesNotContain("at org.", "at java.");
  }

  @Test
  void hugeRequestsAreRefused() throws IOException {
    assertThat(get("/api/questions/layers?metric=" + "a".repeat(2001)).status()).isEqualTo(400);
    assertThat(get("/api/questions/layers?metric=" + "a".repeat(9000)).status()).isEqualTo(414);
    assertThat(get("/api/questions/layers?" + "a=1&".repeat(30)).status()).isEqualTo(400);
    assertThat(get("/" + "a".repeat(100_000)).status()).isNotEqualTo(200);
    // Still there.
    assertThat(get("/api/version").status()).isEqualTo(200);
  }

  @Test
  void listensOnLoopbackAlone() {
    assertThat(server.uri().getHost()).isEqualTo("127.0.0.1");
  }

  @Test
  void aTakenPortIsSaidInOneLine() {
    assertThatThrownBy(
            () -> DashboardServer.start(settings(study, Optional.empty(), server.uri().getPort())))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("Cannot listen on port")
        .hasMessageContaining("--port");
  }

  /** An address that is kept for documentation: no machine has it. */
  @Test
  void anAddressOfAnotherMachineIsNoMatterOfThePort() throws IOException {
    DashboardServer.Settings here = settings(study, Optional.empty(), 0);
    DashboardServer.Settings elsewhere =
        new DashboardServer.Settings(
            InetAddress.getByName("192.0.2.1"),
            0,
            here.views(),
            here.questions(),
            here.source(),
            here.other(),
            here.interval());
    assertThatThrownBy(() -> DashboardServer.start(elsewhere))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot listen on '192.0.2.1': this machine has no such address; leave --bind out to"
                + " serve this machine alone");
  }

  @Test
  void newTasksOfARunningStudyAreSeen() throws IOException, SQLException {
    String before = get("/api/version").body();
    study.addTask();
    server.refresh();
    assertThat(get("/api/version").body()).isNotEqualTo(before);
    assertThat(get("/api/study").body()).contains("\"tasks_done\":3", "STALE");
  }

  @Test
  void aSecondStudyCanBeComparedWith(@TempDir Path directory) throws IOException, SQLException {
    GeneratedStudy other = GeneratedStudy.write(directory, "other");
    other.addTask();
    try (DashboardServer both =
        DashboardServer.start(settings(study, Optional.of(other::files), 0))) {
      server.close();
      server = both;
      Answer answer = get("/api/questions/compare-studies?sweep=default&metric=l2");
      JsonNode rows = new ObjectMapper().readTree(answer.body()).path("rows");
      assertThat(rows).hasSize(16);
      assertThat(get("/api/study").body()).contains("\"compares\":true");
    }
  }
}
