package org.patchgrid.web;

import com.sun.net.httpserver.Headers;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses requests that no page of ours makes. A browser that shows a hostile site can send
 * requests to loopback; it cannot forge Host, Origin and Sec-Fetch-Site. A name that an attacker
 * points at 127.0.0.1 (DNS rebinding) is a foreign Host.
 *
 * @param hosts {@code name:port} by which the server may be called, in lower case
 */
record RequestGuard(Set<String> hosts) {
  private static final int LONGEST_TARGET = 8192;
  private static final Pattern PATH = Pattern.compile("/|(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");
  private static final Set<String> METHODS = Set.of("GET", "HEAD");

  RequestGuard {
    hosts = Set.copyOf(hosts);
  }

  /** Why a request is refused; empty if it may pass. */
  Optional<Reply> refusal(String method, String target, String rawPath, Headers headers) {
    if (!METHODS.contains(method)) {
      return Optional.of(
          Reply.error(405, "Only GET and HEAD: these pages change nothing")
              .with("Allow", "GET, HEAD"));
    }
    if (target.length() > LONGEST_TARGET) {
      return Optional.of(Reply.error(414, "The address is too long"));
    }
    if (!isKnownHost(headers)) {
      return Optional.of(
          Reply.error(
              421, "This server answers only to its own address, not to the Host that was given"));
    }
    if (isForeign(headers, rawPath)) {
      return Optional.of(Reply.error(403, "Other sites may not ask"));
    }
    if (hasBody(headers)) {
      return Optional.of(Reply.error(400, "A question has no body"));
    }
    if (!target.startsWith("/") || !PATH.matcher(rawPath).matches()) {
      return Optional.of(Reply.error(404, "Nothing is here"));
    }
    return Optional.empty();
  }

  private boolean isKnownHost(Headers headers) {
    List<String> given = headers.getOrDefault("Host", List.of());
    return given.size() == 1 && hosts.contains(given.get(0).toLowerCase(Locale.ROOT));
  }

  private boolean isForeign(Headers headers, String path) {
    for (String origin : headers.getOrDefault("Origin", List.of())) {
      String lower = origin.toLowerCase(Locale.ROOT);
      if (!lower.startsWith("http://") || !hosts.contains(lower.substring("http://".length()))) {
        return true;
      }
    }
    // A link on another site may open the page, and nothing else.
    List<String> sites = headers.getOrDefault("Sec-Fetch-Site", List.of());
    boolean own = Set.of("same-origin", "none").containsAll(sites);
    boolean opensPage =
        path.equals("/")
            && headers.getOrDefault("Sec-Fetch-Mode", List.of()).equals(List.of("navigate"));
    return !own && !opensPage;
  }

  private static boolean hasBody(Headers headers) {
    boolean empty = Set.of("0").containsAll(headers.getOrDefault("Content-Length", List.of()));
    return !empty || headers.containsKey("Transfer-Encoding");
  }
}
