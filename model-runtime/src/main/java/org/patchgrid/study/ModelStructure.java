package org.patchgrid.study;

import java.io.Serializable;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The sizes of a model and the components it has: all that planning needs to know of it.
 *
 * @param name how messages call the model, for example {@code atlas-6l}
 * @param modelWidth width of the residual stream (Hugging Face: {@code hidden_size})
 * @param mlpWidth width inside the MLP ({@code intermediate_size})
 * @param vocabularySize rows of the unembedding, padding included
 */
public record ModelStructure(
    String name,
    int layers,
    int queryHeads,
    int keyValueHeads,
    int modelWidth,
    int headWidth,
    int mlpWidth,
    int vocabularySize,
    Set<Component> components)
    implements Serializable {
  public ModelStructure {
    if (layers < 1
        || queryHeads < 1
        || keyValueHeads < 1
        || modelWidth < 1
        || headWidth < 1
        || mlpWidth < 1
        || vocabularySize < 1) {
      throw new IllegalArgumentException("Invalid model structure: sizes must be positive");
    }
    if (queryHeads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          queryHeads + " query heads cannot share " + keyValueHeads + " key-value heads evenly");
    }
    components = Collections.unmodifiableSet(EnumSet.copyOf(components));
  }

  /** How many heads {@code component} can be cut into; 0 for one without heads. */
  public int heads(Component component) {
    return switch (component.headAxis()) {
      case NONE -> 0;
      case QUERY -> queryHeads;
      case KEY_VALUE -> keyValueHeads;
    };
  }
}
