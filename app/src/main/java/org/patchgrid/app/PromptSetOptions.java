package org.patchgrid.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchgrid.conf.PromptsConfig;
import org.patchgrid.conf.StudyConfigReader;
import org.patchgrid.conf.StudyOverrides;
import org.patchgrid.conf.StudyOverrides.Setting;
import org.patchgrid.input.PromptIndex;
import picocli.CommandLine.Option;

/** The options that say how a prompt set is read, which are keys of a study. */
final class PromptSetOptions {
  @Option(
      names = "--prompts-format",
      paramLabel = "FORMAT",
      description = "prompts.format of a study: auto, patchgrid, eap-ig, auto-circuit or mib")
  private String promptsFormat = "auto";

  @Option(
      names = "--counterfactual",
      paramLabel = "NAME",
      description = "prompts.counterfactual of a study")
  private @Nullable String counterfactual;

  @Option(
      names = "--bos",
      paramLabel = "WHEN",
      description = "prompts.bos of a study: tokenizer, always or never")
  private String bos = "tokenizer";

  @Option(
      names = "--answer-token",
      paramLabel = "WHICH",
      description = "prompts.answer-token of a study: one or first")
  private String answerToken = "one";

  /**
   * As a study would have it, with a study's messages.
   *
   * @param option what named the file, for messages
   */
  PromptsConfig config(String option, String file, ModelOption model) {
    List<Setting> settings =
        new ArrayList<>(
            List.of(
                Setting.ofSet("study.id=check"),
                Setting.ofSet("sweep.components=[mlp]"),
                new Setting("--model " + model.name(), "model.path=" + model.name()),
                new Setting(option + " " + file, "prompts.path=" + file),
                new Setting("--prompts-format " + promptsFormat, "prompts.format=" + promptsFormat),
                new Setting("--bos " + bos, "prompts.bos=" + bos),
                new Setting(
                    "--answer-token " + answerToken, "prompts.answer-token=" + answerToken)));
    if (counterfactual != null) {
      settings.add(
          new Setting(
              "--counterfactual " + counterfactual, "prompts.counterfactual=" + counterfactual));
    }
    return StudyConfigReader.read("check", "", new StudyOverrides(settings, Optional.empty()))
        .prompts();
  }

  /** One line: as what the file was read. */
  static String describe(String file, PromptIndex index) {
    List<String> parts = new ArrayList<>();
    parts.add(file + " read as " + index.dialect().format().title());
    parts.addAll(index.dialect().remarks());
    return String.join("; ", parts);
  }
}
