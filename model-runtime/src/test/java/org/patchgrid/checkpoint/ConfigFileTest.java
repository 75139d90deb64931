package org.patchgrid.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.Limit;
import org.patchgrid.study.PatchgridException;

class ConfigFileTest {
  private final Path directory;

  ConfigFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void readsValuesByType() throws IOException {
    ConfigFile config =
        config(
            """
            {"text": "a", "count": 3, "number": 1e-05, "flag": true, "none": null,
             "inner": {"factor": 8}, "limit": Infinity}
            """);

    assertThat(config.string("text")).hasValue("a");
    assertThat(config.count("count")).hasValue(3);
    assertThat(config.requiredCount("count")).isEqualTo(3);
    assertThat(config.number("number")).hasValue(1e-5);
    assertThat(config.flag("flag")).hasValue(true);
    assertThat(config.section("inner").orElseThrow().number("factor")).hasValue(8);
    assertThat(config.keys()).containsExactly("text", "count", "number", "flag", "inner", "limit");
  }

  @Test
  void refusesWhatIsOverALimit() throws IOException {
    Path file = directory.resolve("config.json");
    assertThatThrownBy(() -> config("{\"a\": " + "[".repeat(100) + "]".repeat(100) + "}"))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("Cannot use " + file + ": it is not valid JSON (")
        .hasMessageContaining("depth (101)");
    assertThatThrownBy(() -> config("{\"a\": \"" + "x".repeat(20_000_001) + "\"}"))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("Cannot use " + file + ": it is not valid JSON (")
        .hasMessageContaining("length (20");
    System.setProperty(Limit.JSON_FILE_BYTES.property(), "11");
    try {
      assertThatThrownBy(() -> config("{\"a\": \"xyz\"}"))
          .isInstanceOf(PatchgridException.class)
          .hasMessage(
              "Cannot use "
                  + file
                  + ": it has 12 bytes, and at most 11 are allowed; set"
                  + " -Dpatchgrid.limit.json-file-bytes to allow more");
      assertThat(config("{\"a\": \"xy\"}").string("a")).hasValue("xy");
    } finally {
      System.clearProperty(Limit.JSON_FILE_BYTES.property());
    }
  }

  @Test
  void takesNullForAbsent() throws IOException {
    ConfigFile config = config("{\"none\": null}");

    assertThat(config.has("none")).isFalse();
    assertThat(config.mentions("none")).isTrue();
    assertThat(config.mentions("absent")).isFalse();
    assertThat(config.string("none")).isEmpty();
    assertThat(config.count("none")).isEmpty();
    assertThat(config.number("absent")).isEmpty();
    assertThat(config.flag("absent")).isEmpty();
    assertThat(config.section("none")).isEmpty();
  }

  @Test
  void namesFileAndKeyOfWrongValues() throws IOException {
    ConfigFile config =
        config(
            """
            {"text": 1, "count": 2.5, "big": 3000000000, "zero": 0, "number": "x", "flag": "true",
             "limit": Infinity, "inner": {"factor": []}}
            """);
    String file = directory.resolve("config.json").toString();

    assertThatThrownBy(() -> config.string("text"))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(file + ": text is 1: it must be a string");
    assertThatThrownBy(() -> config.count("count"))
        .hasMessage(file + ": count is 2.5: it must be a positive whole number");
    assertThatThrownBy(() -> config.count("big"))
        .hasMessage(file + ": big is 3000000000: it must be a positive whole number");
    assertThatThrownBy(() -> config.count("zero"))
        .hasMessage(file + ": zero is 0: it must be a positive whole number");
    assertThatThrownBy(() -> config.number("number"))
        .hasMessage(file + ": number is \"x\": it must be a number");
    assertThatThrownBy(() -> config.number("limit")).hasMessageContaining("it must be a number");
    assertThatThrownBy(() -> config.flag("flag"))
        .hasMessage(file + ": flag is \"true\": it must be true or false");
    assertThatThrownBy(() -> config.section("text"))
        .hasMessage(file + ": text is 1: it must be an object");
    assertThatThrownBy(() -> config.section("inner").orElseThrow().number("factor"))
        .hasMessage(file + ": inner.factor is []: it must be a number");
    assertThatThrownBy(() -> config.requiredCount("absent"))
        .hasMessage(file + " has no absent: download the file again");
    assertThatThrownBy(() -> config.section("inner").orElseThrow().requiredCount("absent"))
        .hasMessage(file + " has no inner.absent: download the file again");
  }

  @Test
  void refusesWhatIsNoJsonObject() throws IOException {
    String file = directory.resolve("config.json").toString();

    assertThatThrownBy(() -> config("[1]"))
        .isInstanceOf(PatchgridException.class)
        .hasMessage("Cannot use " + file + ": it is not a JSON object; download the file again");
    assertThatThrownBy(() -> config(""))
        .hasMessage("Cannot use " + file + ": it is not a JSON object; download the file again");
    assertThatThrownBy(() -> config("{\n\"a\": }"))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("Cannot use " + file + ": it is not valid JSON (line 2: ");
    assertThatThrownBy(() -> config("{\"a\": 1, \"a\": 2}"))
        .hasMessageContaining("Duplicate field 'a'");
    Path absent = directory.resolve("absent.json");
    assertThatThrownBy(() -> ConfigFile.read(absent))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith(
            "Cannot read " + absent + ": there is no such file or directory; check that");
  }

  private ConfigFile config(String text) throws IOException {
    return ConfigFile.read(Files.writeString(directory.resolve("config.json"), text));
  }
}
