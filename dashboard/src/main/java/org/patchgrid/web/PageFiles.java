package org.patchgrid.web;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.patchgrid.results.Resource;

/**
 * The files of the page: a closed list, read once. A request's path is only ever looked up in it.
 */
final class PageFiles {
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "txt", "text/plain; charset=utf-8");
  private static final String[] NAMES = {
    "index.html",
    "style.css",
    "icon.svg",
    "app.js",
    "api.js",
    "state.js",
    "dom.js",
    "tables.js",
    "charts.js",
    "save.js",
    "views.js",
    "vendor/echarts.js",
    "vendor/echarts-LICENSE.txt",
    "vendor/echarts-NOTICE.txt"
  };

  private final Map<String, Reply> files = new TreeMap<>();

  PageFiles() {
    for (String name : NAMES) {
      String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
      if (type == null) {
        throw new IllegalStateException("No type for " + name);
      }
      files.put(
          "/" + name,
          new Reply(200, type, Resource.read(PageFiles.class, "page/" + name), Map.of()));
    }
  }

  Optional<Reply> find(String path) {
    return Optional.ofNullable(files.get(path.equals("/") ? "/index.html" : path));
  }
}
