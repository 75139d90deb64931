package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A test that a page names is there. */
class NamedTestsTest {
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*Test)\\b");

  @Test
  void everyTestThatAPageNamesIsThere() throws IOException {
    Set<String> named = new TreeSet<>();
    for (Path page : pages()) {
      TEST.matcher(Files.readString(page)).results().map(r -> r.group(1)).forEach(named::add);
    }
    assertThat(named).hasSizeGreaterThan(20);
    assertThat(tests()).containsAll(named);
  }

  private static Iterable<Path> pages() throws IOException {
    try (Stream<Path> pages = Files.list(SmallStudy.root().resolve("docs"))) {
      return pages.filter(page -> page.toString().endsWith(".md")).toList();
    }
  }

  private static Set<String> tests() throws IOException {
    Set<String> tests = new TreeSet<>();
    try (Stream<Path> modules = Files.list(SmallStudy.root())) {
      for (Path module :
          modules.map(m -> m.resolve("src/test/java")).filter(Files::isDirectory).toList()) {
        try (Stream<Path> files = Files.walk(module)) {
          tests.addAll(
              files
                  .map(file -> String.valueOf(file.getFileName()))
                  .filter(name -> name.endsWith("Test.java"))
                  .map(name -> name.replace(".java", ""))
                  .collect(Collectors.toSet()));
        }
      }
    }
    return tests;
  }
}
