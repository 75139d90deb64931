package org.patchgrid.simulated;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.patchgrid.experiment.StudyWork;
import org.patchgrid.experiment.TaskModel;
import org.patchgrid.metric.Metric;
import org.patchgrid.metric.Recovery;
import org.patchgrid.patch.CellHash;
import org.patchgrid.patch.ForcedOutcome;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.patch.SiteExpansion;
import org.patchgrid.patch.SiteRequirements;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.Cell;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.Component;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.ModuleNames;
import org.patchgrid.study.NearestName;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptSetSums;
import org.patchgrid.study.StatisticsNeeded;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;
import org.patchgrid.study.TokenizedPair;

/**
 * A load generator that is planned and run as a model is, without its arithmetic: {@code
 * simulated:layers=12,heads=12,d-model=768,microseconds=0,failures=0}, where what is left out is as
 * here. A Llama's components; tokens are words ({@link SimulatedTokens}). Every number is a
 * function of a cell's key, so that its bytes are the same whoever computes it.
 *
 * <p>Effects are between 0 and 1 and fall off with the distance from a layer that depends on the
 * component. {@code microseconds}: how long a cell takes. {@code failures}: which share of the
 * cells has the status {@code failed}.
 *
 * @param spec all that its numbers depend on
 */
public record SimulatedModel(
    String spec, ModelStructure structure, long microseconds, double failures)
    implements TaskModel {
  /** How a model's path begins that is one, and the id of a study on it. */
  public static final String PREFIX = "simulated:";

  private static final Map<String, String> DEFAULTS =
      Map.of("layers", "12", "heads", "12", "d-model", "768", "microseconds", "0", "failures", "0");

  private static final int VOCABULARY = 1 << 16;

  private static final EnumSet<Component> COMPONENTS =
      EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM));

  /**
   * The model of a path.
   *
   * @throws PatchgridException if it says what none has
   */
  public static SimulatedModel of(String path) {
    Map<String, String> values = new TreeMap<>(DEFAULTS);
    String list = path.substring(PREFIX.length());
    for (String setting : list.isBlank() ? new String[] {} : list.split(",", -1)) {
      int equals = setting.indexOf('=');
      String name = equals < 0 ? setting : setting.substring(0, equals);
      if (equals < 0 || !DEFAULTS.containsKey(name.strip())) {
        throw new PatchgridException(
            "Cannot use the model '%s': '%s' is not name=value with one of the names %s"
                .formatted(path, setting, NearestName.list(name.strip(), values.keySet())));
      }
      values.put(name.strip(), setting.substring(equals + 1).strip());
    }
    int heads = whole(path, values, "heads", 1);
    int width = whole(path, values, "d-model", 1);
    double failures = number(path, values, "failures");
    if (width % heads != 0 || failures > 1) {
      throw new PatchgridException(
          "Cannot use the model '%s': d-model must be a multiple of heads, and failures a share from 0 to 1"
              .formatted(path));
    }
    ModelStructure structure =
        new ModelStructure(
            "simulated",
            whole(path, values, "layers", 1),
            heads,
            heads,
            width,
            width / heads,
            4 * width,
            VOCABULARY,
            COMPONENTS,
            false,
            true,
            ModuleNames.ofRoles());
    long microseconds = whole(path, values, "microseconds", 0);
    values.remove("microseconds");
    return new SimulatedModel(values.toString(), structure, microseconds, failures);
  }

  private static int whole(String path, Map<String, String> values, String name, int least) {
    double number = number(path, values, name);
    if (number != Math.rint(number) || number < least || number > Integer.MAX_VALUE) {
      throw new PatchgridException(
          "Cannot use the model '%s': %s must be a whole number from %d"
              .formatted(path, name, least));
    }
    return (int) number;
  }

  private static double number(String path, Map<String, String> values, String name) {
    try {
      double number = Double.parseDouble(values.getOrDefault(name, ""));
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new PatchgridException(
          "Cannot use the model '%s': %s must be a number".formatted(path, name), e);
    }
    throw new PatchgridException(
        "Cannot use the model '%s': %s must not be negative".formatted(path, name));
  }

  @Override
  public TaskResult run(PatchTask task, List<PromptPair> pairs, StudyWork work) {
    SiteRequirements requirements = new SiteRequirements(work.sites());
    List<SweepSite> sites = work.sites().subList(task.firstSite(), task.endSite());
    List<PairResult> results = new ArrayList<>();
    List<Measurement> rows = new ArrayList<>();
    long cells = 0;
    for (PromptPair pair : pairs) {
      TokenizedPair tokenized = requirements.require(SimulatedTokens.of(pair));
      if (task.reportsPairs()) {
        results.add(result(tokenized));
      }
      if (tokenized.isUsable()) {
        long done = measure(tokenized, sites, work, rows);
        cells += done;
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(done * microseconds));
      }
    }
    results.sort(Comparator.comparingLong(result -> result.tokenized().pair().number()));
    rows.sort(Measurement.ROW_ORDER);
    return new TaskResult(results, rows, cells, 0, Map.of());
  }

  private static PairResult result(TokenizedPair pair) {
    OptionalInt none = OptionalInt.empty();
    return new PairResult(pair, none, none, none, none, Optional.empty());
  }

  /** Adds the rows of a pair; gives back of how many cells they are. */
  private long measure(
      TokenizedPair pair, List<SweepSite> sites, StudyWork work, List<Measurement> rows) {
    SiteExpansion expansion = new SiteExpansion(structure);
    ForcedOutcome forced = new ForcedOutcome(new PairCells(pair, List.of()), structure.layers());
    List<Metric> readable =
        work.settings().metrics().stream().filter(metric -> !lacks(pair.pair(), metric)).toList();
    long cells = 0;
    for (SweepSite site : sites) {
      for (PatchedCell cell : expansion.cells(site, pair)) {
        if (work.selection().includes(cell.cell(), pair.pair().number())) {
          cells++;
          for (Metric metric : readable) {
            rows.add(measurement(cell.cell(), metric, forced.applies(cell.run())));
          }
        }
      }
    }
    return cells;
  }

  private static boolean lacks(PromptPair pair, Metric metric) {
    return (metric.needsAnswer() && pair.answer() instanceof AnswerSpec.None)
        || (metric.needsFoil() && pair.foil() instanceof AnswerSpec.None);
  }

  private Measurement measurement(Cell cell, Metric metric, boolean forced) {
    double clean = metric.needsAnswer() ? 2 + share(metric + "\0clean\0" + cell.pairId()) : 0;
    double corrupted =
        (metric.needsAnswer() ? -1 : 10) + share(metric + "\0corrupted\0" + cell.pairId());
    long hash = CellHash.of(cell);
    boolean failed = !forced && share(hash) < failures;
    double effect = forced ? 1 : effect(cell, share(Long.rotateLeft(hash, 32)));
    double moved = cell.direction() == PatchDirection.DENOISING ? effect : 1 - effect;
    double patched = corrupted + (clean - corrupted) * moved;
    return Measurement.of(
        cell,
        metric,
        OptionalDouble.of(clean),
        OptionalDouble.of(corrupted),
        failed ? OptionalDouble.empty() : OptionalDouble.of(patched),
        failed || !metric.hasRecovery()
            ? OptionalDouble.empty()
            : Recovery.of(clean, corrupted, patched),
        forced ? CellStatus.BY_CONSTRUCTION : failed ? CellStatus.FAILED : CellStatus.OK);
  }

  /**
   * @param spread of this cell, from 0 to 1
   */
  private double effect(Cell cell, double spread) {
    double layer = share(cell.component()) * structure.layers();
    double near = 1 / (1 + Math.abs(cell.layer() - layer));
    return near * (0.5 + 0.5 * spread);
  }

  /** From 0, inclusive, to 1. */
  private static double share(long hash) {
    return (hash >>> 11) * 0x1.0p-53;
  }

  private static double share(String text) {
    return share(CellHash.of(text.toLowerCase(Locale.ROOT)));
  }

  /** There are none of a model without activations. */
  @Override
  public PromptSetSums scan(
      List<PromptPair> pairs,
      List<SweepSite> planSites,
      StatisticsNeeded needed,
      MeasurementSettings settings) {
    throw new PatchgridException(
        "A simulated model has no activations: leave out corruption = noise and value = mean");
  }

  @Override
  public String processor() {
    return "any";
  }

  @Override
  public void close() {
    // There is nothing to free.
  }
}
