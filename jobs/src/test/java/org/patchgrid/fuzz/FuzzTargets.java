package org.patchgrid.fuzz;

import static org.patchgrid.fuzz.SeedFiles.ROOT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.checkpoint.ModelDirectory;
import org.patchgrid.checkpoint.SafetensorsFile;
import org.patchgrid.conf.FormatChoice;
import org.patchgrid.conf.PromptFormat;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyConfigReader;
import org.patchgrid.conf.StudyOverrides;
import org.patchgrid.family.ModelFamilies;
import org.patchgrid.input.PromptIndex;
import org.patchgrid.input.PromptSetReader;
import org.patchgrid.plan.PromptSurvey;
import org.patchgrid.plan.StudyPlanner;
import org.patchgrid.store.HostileResults;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.tokenize.HostileTokenizers;
import org.patchgrid.weights.ModelDescription;

/** Every reader of files that strangers write. */
final class FuzzTargets {
  private static final String FAMILIES = "model-runtime/src/test/resources/families";
  private static final Path SHARDED = ROOT.resolve(FAMILIES + "/llama-gqa-headdim-sharded-bf16");
  private static final Path PLAIN = ROOT.resolve(FAMILIES + "/llama-mha-f32");
  private static final Path ATLAS = ROOT.resolve("data/models/atlas-6l");
  private static final Path PROMPTS = ROOT.resolve("jobs/src/test/resources/prompts");

  /** Pairs of a prompt set that are read after the scan. */
  private static final long PAIRS_READ = 10;

  static final List<FuzzTarget> ALL =
      List.of(
          new FuzzTarget("safetensors", HostileCheckpoints::seeds, FuzzTargets::safetensors),
          new FuzzTarget(
              "shard-index", () -> SeedFiles.of(SHARDED, ".index.json"), FuzzTargets::shardIndex),
          new FuzzTarget("config", FuzzTargets::configs, FuzzTargets::config),
          new FuzzTarget(
              "quantization", HostileCheckpoints::quantizations, HostileCheckpoints::quantized),
          new FuzzTarget(
              "tokenizer-config",
              () -> SeedFiles.of(ATLAS, "tokenizer_config.json"),
              scratch -> HostileTokenizers.config(scratch)::read),
          new FuzzTarget(
              "vocabulary",
              () -> SeedFiles.texts(HostileTokenizers.SEEDS),
              scratch -> HostileTokenizers::readVocabulary),
          prompts("prompts-jsonl", ".jsonl", FormatChoice.AUTO),
          prompts("prompts-csv", ".csv", FormatChoice.AUTO),
          prompts("prompts-json", ".json", FormatChoice.AUTO),
          new FuzzTarget(
              "prompts-parquet",
              HostileParquet::seeds,
              scratch -> prompts(scratch.resolve("p.parquet"), FormatChoice.AUTO)),
          prompts("prompts-eap-ig", ".csv", choice(PromptFormat.EAP_IG)),
          prompts("prompts-auto-circuit", ".json", choice(PromptFormat.AUTO_CIRCUIT)),
          prompts("prompts-mib", ".jsonl", choice(PromptFormat.MIB)),
          new FuzzTarget(
              "study",
              () -> SeedFiles.of(ROOT.resolve("conf/studies"), ".conf"),
              scratch -> study()),
          new FuzzTarget(
              "manifest",
              () -> SeedFiles.texts(HostileResults.ENTRIES),
              scratch -> HostileResults.entries(scratch)::read),
          new FuzzTarget(
              "manifest-study",
              () -> SeedFiles.texts(HostileResults.STUDY),
              scratch -> HostileResults.study(scratch)::read),
          new FuzzTarget(
              "manifest-status",
              () -> SeedFiles.texts(HostileResults.STATUS),
              scratch -> HostileResults.status(scratch)::read),
          new FuzzTarget(
              "statistics",
              () -> SeedFiles.texts(HostileResults.STATISTICS),
              scratch -> HostileResults.statistics(scratch)::read),
          new FuzzTarget(
              "ranking",
              () -> SeedFiles.texts(HostileResults.RANKING),
              scratch -> HostileResults.ranking(scratch)::read));

  private FuzzTargets() {}

  static FuzzTarget named(String name) {
    return ALL.stream()
        .filter(target -> target.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "No target " + name + " of " + ALL.stream().map(FuzzTarget::name).toList()));
  }

  private static HostileFile safetensors(Path scratch) {
    Path file = scratch.resolve("model.safetensors");
    return content -> {
      Files.write(file, content);
      SafetensorsFile.open(file);
    };
  }

  private static HostileFile shardIndex(Path scratch) throws IOException {
    SeedFiles.copy(SHARDED, scratch);
    return content -> {
      Files.write(scratch.resolve("model.safetensors.index.json"), content);
      ModelDirectory.open(scratch);
    };
  }

  /** Up to a model that is ready to be planned with. */
  private static HostileFile config(Path scratch) throws IOException {
    SeedFiles.copy(PLAIN, scratch);
    return content -> {
      Files.write(scratch.resolve("config.json"), content);
      ModelDescription.read(scratch);
    };
  }

  private static List<byte[]> configs() throws IOException {
    return SeedFiles.below(ROOT.resolve(FAMILIES), "config.json");
  }

  private static FuzzTarget prompts(String name, String suffix, FormatChoice choice) {
    return new FuzzTarget(
        name,
        () -> SeedFiles.of(PROMPTS, suffix),
        scratch -> prompts(scratch.resolve("p" + suffix), choice));
  }

  /** All that a driver does with a prompt file, and an executor with the first of its pairs. */
  private static HostileFile prompts(Path file, FormatChoice choice) {
    PromptSetReader reader = new PromptSetReader(file.toUri().toString(), new Configuration());
    return content -> {
      Files.write(file, content);
      PromptIndex index = reader.scan(choice);
      reader.read(index, 0, Math.min(PAIRS_READ, index.pairs()));
    };
  }

  private static FormatChoice choice(PromptFormat format) {
    return new FormatChoice(Optional.of(format), Optional.empty());
  }

  /** A study file, up to its plan for a small model. */
  private static HostileFile study() {
    ModelDirectory atlas = ModelDirectory.open(ATLAS);
    ModelStructure model =
        ModelFamilies.of(atlas.config()).config(atlas.name(), atlas.config()).structure();
    return content -> {
      String text = new String(content, StandardCharsets.UTF_8);
      StudyConfig study =
          StudyConfigReader.read(
              "study.conf", text, new StudyOverrides(List.of(), Optional.empty()));
      StudyPlanner.plan(study, model, 100, 12.5).describe(new PromptSurvey());
    };
  }
}
