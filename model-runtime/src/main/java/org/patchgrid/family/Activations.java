package org.patchgrid.family;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.kernel.Activation;

/** Hugging Face's names of activation functions. */
final class Activations {
  private static final Map<String, Activation> BY_NAME =
      new TreeMap<>(
          Map.of(
              "silu", Activation.SILU,
              "swish", Activation.SILU,
              "gelu", Activation.GELU,
              "gelu_new", Activation.GELU_TANH,
              "gelu_pytorch_tanh", Activation.GELU_TANH,
              "relu", Activation.RELU));

  private Activations() {}

  /** The one under {@code key}, or else that of this name. */
  static Activation read(ConfigFile config, String key, String otherwise) {
    String name = config.string(key).orElse(otherwise);
    return Optional.ofNullable(BY_NAME.get(name))
        .orElseThrow(
            () ->
                config.invalid(
                    key,
                    "Patchgrid has the activations %s only"
                        .formatted(String.join(", ", BY_NAME.keySet()))));
  }
}
