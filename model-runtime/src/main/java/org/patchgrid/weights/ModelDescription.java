package org.patchgrid.weights;

import java.nio.file.Path;
import org.patchgrid.checkpoint.ModelContent;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.transformer.TransformerConfig;

/** What planning needs to know of a model: no weights are loaded. */
public record ModelDescription(TransformerConfig config, ModelContent content) {
  /**
   * Reads a model directory and checks that its weights are all there; takes as long as reading its
   * files once.
   *
   * @throws PatchgridException if it is not a complete model of a family that Patchgrid knows
   */
  public static ModelDescription read(Path directory) {
    OpenedModel model = OpenedModel.open(directory);
    model.requireWeights();
    return new ModelDescription(model.config(), model.directory().content());
  }

  /** SHA-256 over configuration, weights and tokenizer. */
  public String fingerprint() {
    return content.fingerprint();
  }

  public ModelStructure structure() {
    return config.structure();
  }
}
