package org.patchgrid.family;

import java.util.List;
import java.util.stream.Collectors;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.PatchgridException;

/** The families that Patchgrid reads. */
public final class ModelFamilies {
  private static final List<ModelFamily> ALL =
      List.of(
          new Gemma2Family(),
          new Gemma3Family(),
          new Gpt2Family(),
          new GptJFamily(),
          new GptNeoXFamily(),
          new LlamaFamily(),
          new MistralFamily(),
          new Olmo2Family(),
          new OptFamily(),
          new Phi3Family(),
          new Qwen2Family(),
          new Qwen3Family());

  /** Keys of mixtures of experts. */
  private static final List<String> EXPERTS =
      List.of("num_experts", "num_local_experts", "n_routed_experts");

  private ModelFamilies() {}

  /**
   * The family of a model's config.json.
   *
   * @throws PatchgridException listing the supported families, when it is of none
   */
  public static ModelFamily of(ConfigFile config) {
    for (String key : EXPERTS) {
      if (config.wholeNumber(key).orElse(0) > 0) {
        throw config.invalid(key, "Patchgrid computes dense models, and no mixture of experts");
      }
    }
    String type = config.string("model_type").orElseThrow(() -> config.missing("model_type"));
    return ALL.stream()
        .filter(family -> family.modelType().equals(type))
        .findFirst()
        .orElseThrow(
            () ->
                config.invalid(
                    "model_type",
                    "Patchgrid does not know this family; use a model of one of: "
                        + ALL.stream()
                            .map(ModelFamily::modelType)
                            .collect(Collectors.joining(", "))));
  }
}
