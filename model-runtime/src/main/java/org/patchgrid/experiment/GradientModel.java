package org.patchgrid.experiment;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
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
import org.patchgrid.transformer.Transformer;
import org.patchgrid.transformer.TransformerWeights;
import org.patchgrid.weights.OpenedModel;

/**
 * A model's weights in a form that gradients go through, in float32: beside a {@link LoadedModel},
 * whose packed weights have none. They take memory once more.
 *
 * <p>Threads may share it. Close it when none uses it.
 */
record GradientModel(Transformer transformer, NDManager weights) implements AutoCloseable {
  /** From where {@link LoadedModel#load(Path)} reads, with its errors. */
  static GradientModel load(Path directory, Device device, int gpu) {
    OpenedModel model = OpenedModel.open(directory);
    return OpenedModel.load(
        device,
        gpu,
        weights -> {
          TensorOps ops = new DifferentiableTensorOps();
          TransformerWeights tensors = model.weights(weights, ops, Optional.empty());
          return new GradientModel(new Transformer(weights, model.config(), tensors, ops), weights);
        });
  }

  /** What patching would do, for every site of some hook points. */
  Map<Metric, Attribution> estimate(
      AttributionRuns.Question question, Set<HookPoint> points, AttributionMethod method) {
    try (NDManager manager = weights.newSubManager()) {
      return new AttributionRuns(transformer, manager, points).estimate(question, method);
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
