package org.patchgrid.experiment;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.patchgrid.attribution.Attribution;
import org.patchgrid.attribution.AttributionMethod;
import org.patchgrid.attribution.AttributionRuns;
import org.patchgrid.kernel.DifferentiableTensorOps;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Device;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.transformer.Transformer;
import org.patchgrid.transformer.TransformerWeights;
import org.patchgrid.weights.OpenedModel;

/**
 * A model's weights in a form that gradients go through, in float32: beside a {@link LoadedModel},
 * whose packed weights have none. They take memory once more.
 *
 * <p>Threads may share it. Close it when none uses it.
 */
final class GradientModel implements AutoCloseable {
  private final Transformer transformer;
  private final NDManager weights;

  private GradientModel(Transformer transformer, NDManager weights) {
    this.transformer = transformer;
    this.weights = weights;
  }

  /**
   * Loads a Hugging Face directory.
   *
   * @param gpu which GPU of this machine, from 0; of no meaning on the CPU
   * @throws PatchgridException as {@link LoadedModel#load(Path)}
   */
  static GradientModel load(Path directory, Device device, int gpu) {
    OpenedModel model = OpenedModel.open(directory);
    NDManager weights = OpenedModel.newOwner(device, gpu);
    try {
      TensorOps ops = new DifferentiableTensorOps();
      TransformerWeights tensors = model.weights(weights, ops, Optional.empty());
      Transformer transformer = new Transformer(weights, model.config(), tensors, ops);
      weights.cap(); // from here on, an array that lands in this manager is a leak and throws
      return new GradientModel(transformer, weights);
    } catch (RuntimeException | Error e) {
      weights.close();
      throw e;
    }
  }

  /** The model's sizes and components. */
  ModelStructure structure() {
    return transformer.structure();
  }

  /**
   * What patching the pair in one direction would do, for every site of some hook points.
   *
   * @param metrics those that the method does not {@link AttributionMethod#estimates estimate} are
   *     left out
   * @param answers ids of the right answers; empty if there are none
   * @param foils ids of the wrong answers
   * @return by metric, the change of the target run's value
   */
  Map<Metric, Attribution> estimate(
      TokenizedPair pair,
      PatchDirection direction,
      Set<HookPoint> points,
      List<Metric> metrics,
      List<Integer> answers,
      List<Integer> foils,
      AttributionMethod method) {
    boolean noising = direction == PatchDirection.NOISING;
    TokenSequence source = noising ? pair.corrupted() : pair.clean();
    TokenSequence target = noising ? pair.clean() : pair.corrupted();
    List<Metric> estimated =
        metrics.stream().filter(metric -> method.estimates(metric, direction)).toList();
    try (NDManager manager = newManager()) {
      return new AttributionRuns(transformer, manager, points)
          .estimate(
              new AttributionRuns.Question(source, target, noising, estimated, answers, foils),
              method);
    }
  }

  /** For tests that look inside. */
  Transformer transformer() {
    return transformer;
  }

  NDManager newManager() {
    return weights.newSubManager();
  }

  @Override
  public void close() {
    weights.close();
  }
}
