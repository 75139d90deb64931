package org.patchgrid.experiment;

import java.nio.file.Path;
import org.patchgrid.checkpoint.ModelDirectory;
import org.patchgrid.family.ModelFamilies;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.transformer.TransformerConfig;

/**
 * What planning needs to know of a model: no weights are loaded.
 *
 * @param fingerprint SHA-256 over configuration, weights and tokenizer
 */
public record ModelDescription(TransformerConfig config, String fingerprint) {
  /**
   * Reads a model directory; takes as long as reading its files once.
   *
   * @throws PatchgridException if it is not a complete model of a family that Patchgrid knows
   */
  public static ModelDescription read(Path directory) {
    ModelDirectory model = ModelDirectory.open(directory);
    TransformerConfig config =
        ModelFamilies.of(model.config()).config(model.name(), model.config());
    return new ModelDescription(config, model.fingerprint());
  }

  /** The model's sizes and components. */
  public ModelStructure structure() {
    return config.structure();
  }
}
