package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.family.ModelFamilies;
import org.patchgrid.study.ComponentRef;
import org.patchgrid.study.ModelStructure;

/**
 * docs/from-other-tools.md shows what bin/compare-tools runs, and Patchgrid's numbers are these.
 */
class OtherToolsPageTest {
  private static final Path PAGE = SmallStudy.root().resolve("docs/from-other-tools.md");
  private static final Path MODEL = SmallStudy.root().resolve("data/models/atlas-6l");
  private static final Pattern CODE =
      Pattern.compile("```(?<kind>python|hocon)\n(?<text>[^`]*)```");
  private static final Pattern QUOTED = Pattern.compile("`(?<name>[^`]+)`");

  /** Layer, two tools, Patchgrid. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| \\d \\| \\S+ \\| \\S+ \\| (?<recovery>\\S+) \\|$");

  @Test
  void showsThePartsOfTheScriptAndTheStudy() throws IOException {
    String script = Files.readString(SmallStudy.root().resolve("bin/compare-tools"));
    String study = Files.readString(SmallStudy.root().resolve("conf/studies/other-tools.conf"));
    List<String> kinds = new ArrayList<>();
    Matcher code = CODE.matcher(Files.readString(PAGE));
    while (code.find()) {
      kinds.add(code.group("kind"));
      assertThat(code.group("kind").equals("python") ? script : study).contains(code.group("text"));
    }
    assertThat(kinds).containsExactly("python", "python", "python", "hocon");
  }

  @Test
  void namesOfTransformerLensAndMlxterpMeanWhatTheTableSays() throws IOException {
    ModelStructure atlas = atlas();
    int names = 0;
    for (String line : Files.readAllLines(PAGE)) {
      String[] columns = line.split("\\|", -1);
      if (columns.length != 6) {
        continue;
      }
      List<String> roles = quoted(columns[1]);
      for (String column : List.of(columns[2], columns[4])) {
        List<String> paths = quoted(column).stream().filter(name -> name.contains(".L")).toList();
        for (int i = 0; i < paths.size(); i++) {
          String name = paths.get(i).replace(".L", ".3");
          // A whole layer is what it puts out.
          ComponentRef ref =
              ComponentRef.resolve(name.equals("layers.3") ? "layers.3.output" : name, atlas);
          assertThat(ref.component().roleName()).as(name).isEqualTo(roles.get(i));
          assertThat(ref.layer()).as(name).hasValue(3);
          names++;
        }
      }
    }
    assertThat(names).isGreaterThan(15);
  }

  @Test
  void numbersOfPatchgridAreTheseToTheLastDigitButOne() throws IOException {
    List<String> shown =
        ROW.matcher(Files.readString(PAGE)).results().map(row -> row.group(1)).toList();
    List<String> now = new ArrayList<>();
    now.addAll(
        recoveries("l2", "Paris is the capital of France", "London is the capital of France"));
    now.addAll(
        recoveries(
            "logit_diff",
            "The capital of France is",
            "The capital of Germany is",
            "--answer",
            " Paris",
            "--foil",
            " Berlin"));
    assertThat(now).hasSameSizeAs(shown).hasSize(12);
    for (int i = 0; i < now.size(); i++) {
      assertThat(Double.parseDouble(now.get(i)))
          .isCloseTo(Double.parseDouble(shown.get(i)), within(1e-5));
    }
  }

  private static List<String> recoveries(
      String metric, String clean, String corrupted, String... answers) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "patch",
                "--model",
                MODEL.toString(),
                "--metrics",
                metric,
                "--format",
                "csv",
                "--clean",
                clean,
                "--corrupted",
                corrupted));
    words.addAll(List.of(answers));
    Ended ended = Ended.inProcess(words.toArray(String[]::new));
    assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(ExitCode.DONE);
    List<String> lines = ended.output().lines().toList();
    int column = List.of(lines.get(0).split(",")).indexOf("recovery");
    return lines.stream().skip(1).map(line -> line.split(",", -1)[column]).toList();
  }

  private static List<String> quoted(String column) {
    return QUOTED.matcher(column).results().map(name -> name.group(1)).toList();
  }

  private static ModelStructure atlas() {
    ConfigFile config = ConfigFile.read(MODEL.resolve("config.json"));
    return ModelFamilies.of(config).config("atlas-6l", config).structure();
  }
}
