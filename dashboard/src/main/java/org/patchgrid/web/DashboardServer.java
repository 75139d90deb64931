package org.patchgrid.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.patchgrid.query.QueryFile;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the pages of one study until it is closed. Reads only: no request changes a file, and none
 * leaves this machine.
 */
public final class DashboardServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DashboardServer.class);
  private static final int THREADS = 8;
  private static final int BACKLOG = 64;
  private static final String REQUEST_SECONDS = "sun.net.httpserver.maxReqTime";
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
              + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cache-Control",
          "no-store");

  private final HttpServer server;
  private final ExecutorService threads;
  private final LiveStudy study;
  private final Api api;
  private final PageFiles page = new PageFiles();
  private final RequestGuard guard;

  /**
   * What to serve.
   *
   * @param bind the address to listen on; loopback unless someone wants otherwise
   * @param port 0 for any that is free, at most 65535
   * @param views the file {@code conf/queries/views/duckdb.sql}
   * @param other the study to compare with
   * @param interval how often to look for news of the study
   */
  public record Settings(
      InetAddress bind,
      int port,
      Path views,
      List<QueryFile> questions,
      StudySource source,
      Optional<StudySource> other,
      Duration interval) {
    public Settings {
      questions = List.copyOf(questions);
    }
  }

  private DashboardServer(HttpServer server, LiveStudy study, Settings settings) {
    this.server = server;
    this.study = study;
    this.api = new Api(study, settings.other().isPresent());
    this.guard = new RequestGuard(hosts(settings.bind(), server.getAddress().getPort()));
    this.threads =
        Executors.newFixedThreadPool(THREADS, task -> daemon(task, "patchgrid-dashboard"));
  }

  /**
   * Opens the study and begins to serve.
   *
   * @throws PatchgridException if there is no study, the port is taken, or the address is not this
   *     machine's
   */
  public static DashboardServer start(Settings settings) throws IOException {
    LiveStudy study = new LiveStudy(settings);
    // A request that does not come to its end must hold no thread; read when the server's class
    // loads.
    if (System.getProperty(REQUEST_SECONDS) == null) {
      System.setProperty(REQUEST_SECONDS, "20");
    }
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(settings.bind(), settings.port()), BACKLOG);
    } catch (BindException e) {
      study.close();
      throw new PatchgridException(
          isOfThisMachine(settings.bind())
              ? "Cannot listen on port %d: %s; choose another --port"
                  .formatted(settings.port(), Reason.of(e))
              : "Cannot listen on '%s': this machine has no such address; leave --bind out to serve this machine alone"
                  .formatted(settings.bind().getHostAddress()),
          e);
    }
    DashboardServer server = new DashboardServer(http, study, settings);
    http.createContext("/", server::handle);
    http.setExecutor(server.threads);
    http.start();
    return server;
  }

  private static boolean isOfThisMachine(InetAddress address) throws SocketException {
    return address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || NetworkInterface.getByInetAddress(address) != null;
  }

  static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private static Set<String> hosts(InetAddress bind, int port) {
    Set<String> hosts = new TreeSet<>();
    if (bind.isLoopbackAddress() || bind.isAnyLocalAddress()) {
      hosts.addAll(List.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port));
    }
    if (!bind.isAnyLocalAddress()) {
      hosts.add(bind.getHostAddress() + ":" + port);
      hosts.add(bind.getHostName().toLowerCase(Locale.ROOT) + ":" + port);
    }
    return hosts;
  }

  public URI uri() {
    InetSocketAddress address = server.getAddress();
    String host =
        address.getAddress().isLoopbackAddress()
            ? "127.0.0.1"
            : address.getAddress().getHostAddress();
    return URI.create("http://" + host + ":" + address.getPort() + "/");
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      send(exchange, reply(exchange));
    } catch (IOException e) {
      log.debug("A browser went away", e);
    }
  }

  private Reply reply(HttpExchange exchange) {
    URI target = exchange.getRequestURI();
    String path = Optional.ofNullable(target.getRawPath()).orElse("");
    String query = Optional.ofNullable(target.getRawQuery()).orElse("");
    try {
      Optional<Reply> refusal =
          guard.refusal(
              exchange.getRequestMethod(), target.toString(), path, exchange.getRequestHeaders());
      if (refusal.isPresent()) {
        return refusal.get();
      }
      if (path.startsWith(Api.PREFIX)) {
        return api.reply(path, query);
      }
      return page.find(path).orElseGet(() -> Reply.error(404, "Nothing is here"));
    } catch (RuntimeException e) {
      log.error("A request failed: {}", target, e);
      return Reply.error(500, "This is a bug of Patchgrid; its log says more");
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    HEADERS.forEach(headers::set);
    reply.headers().forEach(headers::set);
    headers.set("Content-Type", reply.type());
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(reply.body().length));
      exchange.sendResponseHeaders(reply.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(reply.status(), reply.body().length);
    exchange.getResponseBody().write(reply.body());
  }

  /** Looks for news of the study now. */
  void refresh() throws IOException {
    study.refresh();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    study.close();
  }
}
