package org.patchgrid.family;

import java.util.List;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.transformer.TransformerConfig;
import org.patchgrid.transformer.TransformerWeights;

/** A kind of model: all that Patchgrid knows of it beyond the arithmetic. Stateless. */
public abstract class ModelFamily {
  private final String modelType;
  private final List<CheckpointLayout> layouts;

  /**
   * @param layouts how its tensors are named: as Hugging Face does first, then as other tools do
   */
  ModelFamily(String modelType, CheckpointLayout... layouts) {
    this.modelType = modelType;
    this.layouts = List.of(layouts);
  }

  /** The {@code model_type} of its config.json. */
  public final String modelType() {
    return modelType;
  }

  /**
   * Reads config.json.
   *
   * @param modelName how messages call the model
   * @throws PatchgridException for a value that is missing, makes no sense or asks for arithmetic
   *     that Patchgrid does not have
   */
  public abstract TransformerConfig config(String modelName, ConfigFile config);

  /** Hugging Face's names. */
  final CheckpointLayout layout() {
    return layouts.get(0);
  }

  /**
   * Reads the weights of a model with this configuration.
   *
   * @throws PatchgridException if a tensor is missing or has another shape
   */
  public final TransformerWeights weights(TransformerConfig config, TensorLoader loader) {
    return CheckpointWeights.load(config, layouts, loader);
  }

  /**
   * Whether checkpoints may store a tensor of that name that is not used: old ones have rotary
   * frequencies, which follow from the configuration, and masks.
   */
  public boolean isIgnorable(String tensor) {
    return tensor.endsWith(".rotary_emb.inv_freq");
  }
}
