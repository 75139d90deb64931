package org.patchgrid.experiment;

import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.patchgrid.study.Kernel;

/**
 * When two computations of one run agree: the same bits where the kernel promises them, else logits
 * within 1e-4 of the largest one; in another number type than float32, ten times as far beside that
 * as the number type has taken the run from float32.
 *
 * @param logits from what the unembedding reads, [d_model], to logits, [V]
 */
record AuditRule(Kernel kernel, UnaryOperator<float[]> logits) {
  /** Of the largest logit. */
  private static final double TOLERANCE = 1e-4;

  /**
   * Of what the number type does to the run. There is no bound for that: roundings may decide which
   * way a run goes.
   */
  private static final double NUMBER_TYPE_TOLERANCE = 10;

  /**
   * Compares what the unembedding reads, [d_model].
   *
   * @param run which one, for the message
   * @param found by the engine that is audited
   * @param inFloat32 the run in float32; the expected one where that is in float32
   * @throws AuditException if they disagree
   */
  void require(String run, float[] found, float[] expected, float[] inFloat32) {
    Optional<LargestDifference> ofStates = LargestDifference.between(found, expected);
    if (ofStates.isEmpty()) {
      return;
    }
    if (kernel.keepsRows()) {
      throw disagreement(run, "state", ofStates.get(), "the same bits are promised");
    }
    float[] expectedLogits = logits.apply(expected);
    Optional<LargestDifference> ofLogits =
        LargestDifference.between(logits.apply(found), expectedLogits);
    double ofNumberType =
        LargestDifference.between(expectedLogits, logits.apply(inFloat32))
            .map(LargestDifference::size)
            .orElse(0.0);
    double allowed = TOLERANCE * largest(expectedLogits) + NUMBER_TYPE_TOLERANCE * ofNumberType;
    if (ofLogits.isPresent() && ofLogits.get().size() > allowed) {
      String limit = String.format(Locale.ROOT, "%.3g is allowed", allowed);
      throw disagreement(run, "logit", ofLogits.get(), limit);
    }
  }

  private static double largest(float[] values) {
    return IntStream.range(0, values.length)
        .mapToDouble(i -> Math.abs(values[i]))
        .filter(Double::isFinite)
        .max()
        .orElse(0);
  }

  private static AuditException disagreement(
      String run, String kind, LargestDifference largest, String limit) {
    return new AuditException(
        String.format(
            Locale.ROOT,
            "The audit disagrees about %s: %s[%d] is %s in the sweep and %s by a forward pass of its own, the largest difference, %.3g, where %s. Either Patchgrid has a bug, please report it, or this machine computes wrongly: trust no result of this study",
            run,
            kind,
            largest.index(),
            largest.found(),
            largest.expected(),
            largest.size(),
            limit));
  }
}
