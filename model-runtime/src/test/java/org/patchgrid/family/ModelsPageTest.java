package org.patchgrid.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.experiment.TestModels;
import org.patchgrid.study.Component;
import org.patchgrid.study.ComponentRef;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchgridException;

/** What docs/models.md says of families, their components and names is what they have. */
class ModelsPageTest {
  private static final int LAYER = 2;

  /** Of a column of the table of names, or of a row of the table of components. */
  private static final Map<String, List<String>> MODELS =
      Map.ofEntries(
          Map.entry("Llama", List.of("llama-mha-f32", "llama-gqa-headdim-sharded-bf16")),
          Map.entry("Mistral", List.of("mistral-swa-bf16")),
          Map.entry("Qwen", List.of("qwen2-untied-f32", "qwen3-bf16")),
          Map.entry("Qwen2", List.of("qwen2-untied-f32", "qwen2-tied-storedhead-bf16")),
          Map.entry("Qwen3", List.of("qwen3-bf16")),
          Map.entry("Phi-3", List.of("phi3-bf16")),
          Map.entry("Gemma", List.of("gemma2-bf16", "gemma3-text-f32")),
          Map.entry("Gemma 2", List.of("gemma2-bf16")),
          Map.entry("Gemma 3", List.of("gemma3-text-f32")),
          Map.entry("OLMo 2", List.of("olmo2-f32")),
          Map.entry("GPT-2", List.of("gpt2-tied-f32")),
          Map.entry("NeoX", List.of("neox-parallel-f16", "neox-sequential-f32")),
          Map.entry("sequential NeoX", List.of("neox-sequential-f32")),
          Map.entry("parallel NeoX", List.of("neox-parallel-f16")),
          Map.entry("OPT", List.of("opt-f16")),
          Map.entry("GPT-J", List.of("gptj-f32")),
          Map.entry("TransformerLens", List.of("llama-mha-f32")));

  private static final Pattern NAME =
      Pattern.compile("(in |full path |Qwen3: |Gemma 3: |without a gate |)`([^`]+)`");

  private static String page = "";

  @BeforeAll
  static void read() throws IOException {
    page = Files.readString(Path.of(System.getProperty("patchgrid.root", ""), "docs/models.md"));
  }

  @Test
  void theFamiliesAreThoseThatAreKnown(@TempDir Path directory) throws IOException {
    Path config =
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"unknown\"}");
    Throwable refused = catchThrowable(() -> ModelFamilies.of(ConfigFile.read(config)));
    assertThat(refused).isInstanceOf(PatchgridException.class);
    String known = String.valueOf(refused.getMessage()).replaceFirst(".* one of: ", "");
    Set<String> listed = new TreeSet<>();
    for (List<String> row : table("| family |")) {
      listed.addAll(names(row.get(1)));
    }
    assertThat(listed).isEqualTo(new TreeSet<>(List.of(known.split(", ", -1))));
  }

  @Test
  void theComponentsAreThoseOfTheModels() {
    List<String> same = List.of();
    Set<String> models = new TreeSet<>();
    for (List<String> row : table("| | lacks |")) {
      List<String> lacks = new ArrayList<>(names(row.get(1)));
      if (row.get(1).startsWith("the same")) {
        lacks.addAll(same);
      } else {
        same = List.copyOf(lacks);
      }
      EnumSet<Component> expected = EnumSet.allOf(Component.class);
      lacks.forEach(name -> expected.remove(component(name)));
      Set<Component> besides =
          names(row.get(2)).stream().map(ModelsPageTest::component).collect(Collectors.toSet());
      for (String family : row.get(0).split(", ", -1)) {
        for (String model : models(family)) {
          assertThat(structure(model).components()).as(model).isEqualTo(expected);
          assertThat(structure(model).components()).as(model).containsAll(besides);
          models.add(model);
        }
      }
    }
    assertThat(models).hasSizeGreaterThan(12);
  }

  @Test
  void everyNameIsThatComponents() {
    List<List<String>> table = table("| component |");
    List<String> columns = header("| component |");
    int names = 0;
    for (List<String> row : table.subList(1, table.size())) {
      Component component = component(names(row.get(0)).get(0));
      for (int column = 1; column < columns.size(); column++) {
        String path = names(table.get(0).get(column)).get(0).replace("N", "" + LAYER);
        String cell = row.get(column).equals("as Gemma") ? row.get(column - 1) : row.get(column);
        for (String family : columns.get(column).split(", ", -1)) {
          names += check(family, path, cell, component);
        }
      }
    }
    assertThat(names).isGreaterThan(120);
  }

  /** Returns how many names there were. */
  private static int check(String family, String path, String cell, Component component) {
    if (cell.startsWith("-")) {
      String lacking = cell.equals("- if parallel") ? "parallel NeoX" : family;
      for (String model : models(lacking)) {
        assertThat(structure(model).components()).as(model).doesNotContain(component);
      }
      return 0;
    }
    List<MatchResult> found = NAME.matcher(cell).results().toList();
    for (MatchResult name : found) {
      String kind = name.group(1).strip();
      List<String> models =
          switch (kind) {
            case "Qwen3:", "Gemma 3:" -> models(kind.replace(":", ""));
            case "without a gate" -> models("GPT-2");
            default -> models(family);
          };
      if (kind.endsWith(":") && !kind.startsWith(family)) {
        continue; // of another family in the same column
      }
      for (String model : models) {
        check(model, path, kind, name.group(2), component);
      }
    }
    return found.size();
  }

  private static void check(
      String model, String path, String kind, String name, Component component) {
    ModelStructure structure = structure(model);
    if (kind.equals("in")) {
      assertThatThrownBy(() -> ComponentRef.resolve(name, structure))
          .as(model)
          .hasMessageStartingWith("Unknown component '" + name + "'");
      return;
    }
    if (!kind.equals("full path")) {
      assertThat(ComponentRef.resolve(name, structure).component())
          .as(model + " " + name)
          .isEqualTo(component);
    }
    // Where a module has a role's name, the table says of the role what it is without a path.
    boolean role = Component.named(name).filter(c -> c.roleName().equals(name)).isPresent();
    if (kind.equals("full path") || !role) {
      ComponentRef fixed = ComponentRef.resolve(path + "." + name, structure);
      assertThat(fixed.component()).as(model + " " + path + "." + name).isEqualTo(component);
      assertThat(fixed.layer()).hasValue(LAYER);
    }
  }

  private static List<String> models(String name) {
    List<String> models = MODELS.get(name);
    assertThat(models).as(name).isNotNull();
    return models == null ? List.of() : models;
  }

  private static ModelStructure structure(String model) {
    ConfigFile config = ConfigFile.read(TestModels.family(model).resolve("config.json"));
    return ModelFamilies.of(config).config("test", config).structure();
  }

  private static Component component(String name) {
    return Arrays.stream(Component.values())
        .filter(c -> c.roleName().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("The page has no component's name: " + name));
  }

  /** What is in backquotes; {@code .k_norm} is short for the same module as before. */
  private static List<String> names(String cell) {
    List<String> names = new ArrayList<>();
    for (MatchResult name : Pattern.compile("`([^`]+)`").matcher(cell).results().toList()) {
      boolean isShort = name.group(1).startsWith(".");
      names.add(isShort ? "self_attn" + name.group(1) : name.group(1));
    }
    return names;
  }

  private static List<String> header(String beginning) {
    return page.lines()
        .filter(l -> l.startsWith(beginning))
        .map(ModelsPageTest::cells)
        .toList()
        .get(0);
  }

  /** The rows below a header. */
  private static List<List<String>> table(String beginning) {
    return page.lines()
        .dropWhile(line -> !line.startsWith(beginning))
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .map(ModelsPageTest::cells)
        .toList();
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.substring(1, line.length() - 1).split("\\|", -1))
        .map(String::strip)
        .toList();
  }
}
