package org.patchgrid.model;

import java.util.Arrays;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.patchgrid.study.GaussianNoise;
import org.patchgrid.study.PatchgridException;

/**
 * What becomes of a value while the model runs: a function from the value that the run has to the
 * one that it goes on with, of the same shape. It keeps nothing, so that it may be used in any
 * number of runs and at any number of hook points.
 */
@FunctionalInterface
public interface Intervention {
  /** The value to go on with. */
  Activation apply(Activation value);

  /** The value of another run instead of this one's; of the same shape, unless it is aligned. */
  static Replacement replaceWith(Activation source) {
    return new Replacement(source, Replacement.Alignment.NONE);
  }

  /** Zero everywhere. */
  static Intervention zeroOut() {
    return elementwise(x -> 0);
  }

  /** Every number times {@code factor}. */
  static Intervention scale(double factor) {
    return elementwise(x -> x * factor);
  }

  /**
   * {@code vector} on top of the value at every position.
   *
   * @param vector a number for each of a position's, the heads one after the other
   */
  static Intervention addVector(float... vector) {
    float[] added = vector.clone();
    return value -> {
      if (added.length != value.width()) {
        throw new PatchgridException(
            "Cannot add a vector of %d numbers to %s: a position has %d"
                .formatted(added.length, value, value.width()));
      }
      float[] values = value.values();
      for (int position = 0; position < value.positions(); position++) {
        for (int entry = 0; entry < added.length; entry++) {
          values[value.index(position, entry)] += added[entry];
        }
      }
      return value.with(values);
    };
  }

  /** Every number brought into the range from {@code least} to {@code most}. */
  static Intervention clamp(double least, double most) {
    if (!(least <= most)) {
      throw new PatchgridException("Cannot clamp to the range from " + least + " to " + most);
    }
    return elementwise(x -> Math.min(most, Math.max(least, x)));
  }

  /** {@link #noise(double, long, String, int)} for sample 0 of no pair. */
  static Intervention noise(double deviation, long seed) {
    return noise(deviation, seed, "", 0);
  }

  /**
   * Gaussian noise on top of the value: the noise that a study puts on this pair's tokens.
   *
   * @param deviation of the noise, in the value's unit
   */
  static Intervention noise(double deviation, long seed, String pairId, int sample) {
    if (!(deviation >= 0) || Double.isInfinite(deviation)) {
      throw new PatchgridException("Cannot add noise with a standard deviation of " + deviation);
    }
    return value -> {
      float[] values = value.values();
      for (int position = 0; position < value.positions(); position++) {
        float[] row = new float[value.width()];
        for (int entry = 0; entry < row.length; entry++) {
          row[entry] = values[value.index(position, entry)];
        }
        GaussianNoise.addTo(row, deviation, seed, pairId, sample, position);
        for (int entry = 0; entry < row.length; entry++) {
          values[value.index(position, entry)] = row[entry];
        }
      }
      return value.with(values);
    };
  }

  private static Intervention elementwise(DoubleUnaryOperator function) {
    return value -> {
      float[] values = value.values();
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) function.applyAsDouble(values[i]);
      }
      return value.with(values);
    };
  }

  /** This one, and {@code next} on what it makes. */
  default Intervention then(Intervention next) {
    return value -> next.apply(apply(value));
  }

  /** This one at some positions alone, counted from 0, BOS included; of a pattern, at queries. */
  default Intervention atPositions(int... positions) {
    Set<Integer> chosen = Arrays.stream(positions).boxed().collect(Collectors.toSet());
    return value -> {
      requireAmong(chosen, value.positions(), "positions", value);
      return merged(value, (position, entry) -> chosen.contains(position));
    };
  }

  /** This one in some heads alone, counted from 0. */
  default Intervention atHeads(int... heads) {
    Set<Integer> chosen = Arrays.stream(heads).boxed().collect(Collectors.toSet());
    return value -> {
      if (!value.hasHeads()) {
        throw new PatchgridException(value + " has no heads; self_attn.z of a layer has");
      }
      requireAmong(chosen, value.heads(), "heads", value);
      int width = value.width() / value.heads();
      return merged(value, (position, entry) -> chosen.contains(entry / width));
    };
  }

  /**
   * @param choice of position and number in it
   */
  private Activation merged(Activation value, BiPredicate<Integer, Integer> choice) {
    Activation changed = apply(value);
    if (!changed.hasShapeOf(value)) {
      throw new PatchgridException(
          "Cannot write %s into %s: the shapes must be equal".formatted(changed, value));
    }
    float[] from = changed.values();
    float[] values = value.values();
    for (int position = 0; position < value.positions(); position++) {
      for (int entry = 0; entry < value.width(); entry++) {
        if (choice.test(position, entry)) {
          int index = value.index(position, entry);
          values[index] = from[index];
        }
      }
    }
    return value.with(values);
  }

  private static void requireAmong(Set<Integer> chosen, int count, String what, Activation value) {
    IntStream.of(chosen.stream().mapToInt(Integer::intValue).sorted().toArray())
        .filter(index -> index < 0 || index >= count)
        .findFirst()
        .ifPresent(
            wrong -> {
              throw new PatchgridException(
                  "Cannot find %d among the %s of %s: they are 0 to %d"
                      .formatted(wrong, what, value, count - 1));
            });
  }
}
