package org.patchgrid.estimate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.patchgrid.patch.PairCells;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Device;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.SweepSite;
import org.patchgrid.transformer.Transformer;
import org.patchgrid.transformer.TransformerConfig;
import org.patchgrid.wave.LayerMemory;
import org.patchgrid.wave.SweepSchedule;
import org.patchgrid.weights.WeightMemory;

/**
 * Memory that an executor takes beside Java (its heap, its compiler) and beside the code of the
 * libraries, at its most: counted from the plan, before any weight is loaded.
 *
 * @param device where weights and tasks lie; the tokenizer is beside Java
 * @param weightBytes all weights, packed ones included
 * @param sharedBytes those of them that the executors of one host have in memory once
 * @param tokenizerBytes an estimate
 * @param taskBytes what one task adds; as often as tasks run at once
 */
public record ExecutorMemory(
    Device device, long weightBytes, long sharedBytes, long tokenizerBytes, long taskBytes) {
  /**
   * Measured of a vocabulary of 49,152 with its merges; nearly all of it goes with their number.
   */
  private static final long TOKENIZER_BYTES_A_TOKEN = 1_100;

  /** More cells than fill a wave, few enough to be looked at while somebody waits for the plan. */
  private static final int CELLS_LOOKED_AT = 20_000;

  /**
   * oneDNN compiles code for every number of rows that a linear map meets: about so many numbers a
   * layer, since rows join in it, of so many bytes. An estimate: what SmolLM2 takes beyond its
   * arrays.
   */
  private static final long COMPILED_A_LAYER = 6;

  private static final long COMPILED_BYTES = 200_000;

  /** The values of both runs, the zeros that are added and their gradient. */
  private static final long ARRAYS_OF_A_POINT = 4;

  private static final double BYTES_A_MEGABYTE = 1e6;

  /**
   * Counts; what a task has in bfloat16 as if it were float32, which is more.
   *
   * @param sites of the plan, at least one
   * @param pairs of one task
   * @param tokens mean length of a prompt
   */
  public static ExecutorMemory of(
      TransformerConfig config,
      Device device,
      Kernel kernel,
      Dtype dtype,
      Computation computation,
      Distances distances,
      List<SweepSite> sites,
      long pairs,
      double tokens) {
    ModelStructure model = config.structure();
    int length = (int) Math.max(1, Math.round(tokens));
    List<SweepSite> runs = sites.stream().filter(SweepSite::isRun).toList();
    List<SweepSite> estimates = sites.stream().filter(site -> !site.isRun()).toList();
    long pass =
        computation.engine() == Engine.REFERENCE
            ? new LayerMemory(model, length, device, seesPatterns(model, runs)).residentBytes()
                + kept(model, runs, length)
            : largestWave(model, runs, pairs, length, computation.batchRows(), device);
    WeightMemory weights = new WeightMemory(config, kernel, dtype);
    long ofGradients =
        estimates.isEmpty() ? 0 : new WeightMemory(config, Kernel.PLAIN, Dtype.FLOAT32).bytes();
    return new ExecutorMemory(
        device,
        weights.bytes() + ofGradients,
        kernel.sharesWeightsOn(device) ? weights.sharedBytes() : 0,
        TOKENIZER_BYTES_A_TOKEN * model.vocabularySize(),
        LongStream.of(pass, readout(model, distances), recorded(model, device, estimates, length))
                .max()
                .orElseThrow()
            + compiled(model, kernel));
  }

  /** What a run keeps of every layer for the way back, and what is kept of each point beside it. */
  private static long recorded(
      ModelStructure model, Device device, List<SweepSite> estimates, int length) {
    if (estimates.isEmpty()) {
      return 0;
    }
    LayerMemory layer = new LayerMemory(model, length, device, true); // kept for the way back
    long values =
        bytes(
            model, estimates.stream().flatMap(site -> site.site().points(model).stream()), length);
    return 2L * model.layers() * layer.bytes(length, 1) + ARRAYS_OF_A_POINT * values;
  }

  private static boolean seesPatterns(ModelStructure model, List<SweepSite> sites) {
    return sites.stream()
        .flatMap(site -> site.site().points(model).stream())
        .anyMatch(point -> point.component() == Component.PATTERN);
  }

  private static long compiled(ModelStructure model, Kernel kernel) {
    return switch (kernel) {
      case PLAIN -> 0;
      case ONEDNN -> COMPILED_BYTES * COMPILED_A_LAYER * model.layers();
    };
  }

  private static long largestWave(
      ModelStructure model,
      List<SweepSite> sites,
      long pairs,
      int length,
      int batchRows,
      Device device) {
    PairCells pair = NominalPair.of(model, some(sites, length), length);
    int cells = Math.max(1, pair.cells().size());
    int copies = (int) Math.max(1, Math.min(pairs, CELLS_LOOKED_AT / cells));
    return SweepSchedule.of(model, Collections.nCopies(copies, pair), batchRows, device)
        .residentBytes();
  }

  /** Sites from the whole list, so many that they fill a wave: more of those with more cells. */
  private static List<SweepSite> some(List<SweepSite> sites, int length) {
    double cells = sites.stream().mapToDouble(site -> site.cells(length)).sum();
    double step = Math.max(1, cells / CELLS_LOOKED_AT) * cells / sites.size();
    List<SweepSite> some = new ArrayList<>();
    double passed = 0;
    for (SweepSite site : sites) {
      passed += site.cells(length);
      if (passed > some.size() * step) {
        some.add(site);
      }
    }
    return some;
  }

  /** Activations of both runs that the reference engine keeps for a pair's cells. */
  private static long kept(ModelStructure model, List<SweepSite> sites, int length) {
    PairCells points = NominalPair.of(model, sites, 1); // which do not depend on the length
    return Stream.of(PatchDirection.values())
        .mapToLong(direction -> bytes(model, points.pointsOf(direction).stream(), length))
        .sum();
  }

  /** The values of a run at some points, each counted once. */
  private static long bytes(ModelStructure model, Stream<HookPoint> points, int length) {
    return points
        .distinct()
        .mapToLong(point -> (long) Float.BYTES * length * model.width(point.component(), length))
        .sum();
  }

  /** Logits of a block of states; for a factor once, the rows that it is made of. */
  private static long readout(ModelStructure model, Distances distances) {
    long logits = (long) Float.BYTES * Transformer.LOGITS_ROWS * model.vocabularySize();
    long width = model.modelWidth();
    return switch (distances) {
      case LOGITS -> logits;
      case FACTOR ->
          Math.max(
              logits,
              Double.BYTES
                  * width
                  * (Math.min(Transformer.GRAM_ROWS, model.vocabularySize()) + 2 * width));
    };
  }

  public long bytes(int tasks) {
    return weightBytes + tokenizerBytes + tasks * taskBytes;
  }

  /** Of those, what lies in the host's memory. */
  public long hostBytes(int tasks) {
    return switch (device) {
      case CPU -> bytes(tasks);
      case GPU -> tokenizerBytes;
    };
  }

  public String describe() {
    return switch (device) {
      case CPU ->
          String.format(
              Locale.ROOT,
              "%s an executor beside Java's heap: %s weights, %s tokenizer, %s for each task at once",
              megabytes(bytes(1)),
              megabytes(weightBytes),
              megabytes(tokenizerBytes),
              megabytes(taskBytes));
      case GPU ->
          String.format(
              Locale.ROOT,
              "%s of a GPU's: %s weights, %s for each task at once",
              megabytes(weightBytes + taskBytes),
              megabytes(weightBytes),
              megabytes(taskBytes));
    };
  }

  /** What weights that executors share mean for a host, in a part of a sentence; if they do. */
  public Optional<String> describeSharing() {
    return sharedBytes == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "on a cluster the executors of a host share one copy of %s of the weights, so that each but the first adds %s",
                megabytes(sharedBytes),
                megabytes(bytes(1) - sharedBytes)));
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.0f MB", Math.max(1, bytes / BYTES_A_MEGABYTE));
  }
}
