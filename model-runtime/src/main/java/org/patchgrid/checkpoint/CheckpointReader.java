package org.patchgrid.checkpoint;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.patchgrid.study.PatchgridException;

/**
 * Hands out a model's tensors as float32, by name and expected shape, and keeps account: {@link
 * #requireAllRead()} at the end tells whether any tensor was left over. A quantised matrix is asked
 * for like any other ({@code foo.weight}); where {@code foo.scales} is stored it is dequantised.
 *
 * <p>One loader uses a reader, in one thread, and then drops it.
 */
public final class CheckpointReader {
  private static final int LISTED_TENSORS = 5;

  private final ModelDirectory model;
  private final QuantizationConfig quantization;
  private final Set<String> unread;

  public CheckpointReader(ModelDirectory model) {
    this.model = model;
    this.quantization = QuantizationConfig.of(model.config());
    this.unread = new HashSet<>(model.tensorNames());
  }

  /** Whether the checkpoint stores a tensor of that name, quantised or not. */
  public boolean has(String name) {
    return model.fileOf(name).isPresent();
  }

  /**
   * The shape of a tensor; of a quantised matrix that of its values.
   *
   * @throws PatchgridException when it is missing
   */
  public TensorShape shape(String name) {
    return require(name).shape();
  }

  /**
   * A tensor to be read.
   *
   * @param name as stored, for example {@code model.norm.weight}
   * @param expectedShape rows first; for a quantised matrix the shape of its values
   * @throws PatchgridException when it is missing, has another shape or cannot be float32
   */
  public WeightTensor tensor(String name, long... expectedShape) {
    TensorShape expected = TensorShape.of(expectedShape);
    StoredWeight weight =
        find(name)
            .orElseThrow(
                () ->
                    new PatchgridException(
                        "%s has no tensor '%s' (expected shape %s): the checkpoint is incomplete or of another kind than its config.json says; download both again"
                            .formatted(model.weights(), name, expected)));
    if (!weight.shape().equals(expected)) {
      throw new PatchgridException(
          "%s: tensor '%s' has shape %s where config.json makes it %s: weights and config.json are not of one model; download both again"
              .formatted(weight.path(), name, weight.describeShape(), expected));
    }
    markRead(weight);
    return new WeightTensor(weight);
  }

  /**
   * Whether two tensors have the same shape and the same float32 values, bit for bit, however they
   * are stored. Counts as reading both.
   *
   * @throws PatchgridException when one of them is missing
   */
  public boolean sameValues(String first, String second) {
    StoredWeight one = require(first);
    StoredWeight other = require(second);
    markRead(one);
    markRead(other);
    return one.shape().equals(other.shape())
        && new WeightTensor(one).hasValuesOf(new WeightTensor(other));
  }

  /** Leaves out of the account the tensors that a model may store and does not use. */
  public void ignore(Predicate<String> names) {
    unread.removeIf(names);
  }

  /**
   * Ends the account.
   *
   * @throws PatchgridException naming tensors that were neither read nor ignored
   */
  public void requireAllRead() {
    if (unread.isEmpty()) {
      return;
    }
    String listed =
        unread.stream()
            .sorted()
            .limit(LISTED_TENSORS)
            .map(name -> "'" + name + "'")
            .collect(Collectors.joining(", "));
    throw new PatchgridException(
        "%s has %d tensors that a model of its config.json does not use (%s%s): weights and config.json are not of one model, or of a variant that Patchgrid does not know"
            .formatted(
                model.weights(),
                unread.size(),
                listed,
                unread.size() > LISTED_TENSORS ? ", ..." : ""));
  }

  private void markRead(StoredWeight weight) {
    weight.parts().forEach(part -> unread.remove(part.tensor().name()));
  }

  private StoredWeight require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new PatchgridException(
                    "%s has no tensor '%s': download it again".formatted(model.weights(), name)));
  }

  private Optional<StoredWeight> find(String name) {
    return part(name).map(weight -> StoredWeight.of(weight, this::part, quantization::of));
  }

  private Optional<StoredWeight.Part> part(String name) {
    return model
        .fileOf(name)
        .flatMap(file -> file.tensor(name).map(tensor -> new StoredWeight.Part(file, tensor)));
  }
}
