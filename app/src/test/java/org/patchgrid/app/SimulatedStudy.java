package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.metric.Metric;
import org.patchgrid.metric.Recovery;
import org.patchgrid.store.ComputedWith;
import org.patchgrid.store.DriverRun;
import org.patchgrid.store.ResultStore;
import org.patchgrid.store.RunOutcome;
import org.patchgrid.store.StoredStudy;
import org.patchgrid.store.StudyIdentity;
import org.patchgrid.store.TaskWriter;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.Cell;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.Component;
import org.patchgrid.study.CorruptionKind;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TaskResult;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.study.ValueKind;

/**
 * Makes a result directory of invented numbers, of any size, by the store that real ones are
 * written by. Its study's id begins with {@code simulated:}, so that nobody takes it for a finding.
 *
 * <p>Three sweeps (whole components, heads, positions and a label), both directions, three metrics,
 * and every status a measurement can have. Effects fall off with the distance from a layer that
 * depends on the component; what a pair adds to all of its cells makes pairs worth resampling.
 *
 * <p>As a program, for campaigns: {@code DIR PAIRS LAYERS HEADS POSITIONS PAIRS_A_TASK}; by {@code
 * bin/simulate-study}.
 */
final class SimulatedStudy {
  static final String ID = "simulated:effects";
  static final String WITHOUT_CORRUPTED = "pair-000007";
  static final String UNEQUAL = "unequal";

  private static final List<Metric> METRICS = List.of(Metric.KL, Metric.L2, Metric.LOGIT_DIFF);
  private static final List<Component> WHOLE =
      List.of(
          Component.SELF_ATTN,
          Component.MLP,
          Component.Q_PROJ,
          Component.K_PROJ,
          Component.V_PROJ,
          Component.GATE_PROJ,
          Component.OUTPUT);
  private static final List<String> TOKENS = List.of("The", " capital", " of", " Here", " is");
  private static final int RELATIONS = 8;

  private final int pairs;
  private final int layers;
  private final int heads;
  private final int positions;
  private final int pairsATask;
  private final boolean otherKinds;

  /**
   * @param heads cells of the sweep of heads in a layer
   * @param positions cells of the sweep of positions in a layer and component
   */
  SimulatedStudy(int pairs, int layers, int heads, int positions, int pairsATask) {
    this(pairs, layers, heads, positions, pairsATask, false);
  }

  private SimulatedStudy(
      int pairs, int layers, int heads, int positions, int pairsATask, boolean otherKinds) {
    this.pairs = pairs;
    this.layers = layers;
    this.heads = heads;
    this.positions = positions;
    this.pairsATask = pairsATask;
    this.otherKinds = otherKinds;
  }

  /**
   * The same, a screened sweep of heads, which keeps those of the first layer, one of ablations
   * without a corrupted prompt, one of entries of attention patterns, and one of paths. One of the
   * pairs ({@link #WITHOUT_CORRUPTED}) has no corrupted prompt, and there is one more that was not
   * measured because its prompts are not equally long ({@link #UNEQUAL}).
   */
  SimulatedStudy withOtherKinds() {
    return new SimulatedStudy(pairs, layers, heads, positions, pairsATask, true);
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 6) {
      throw new IllegalArgumentException("DIR PAIRS LAYERS HEADS POSITIONS PAIRS_A_TASK");
    }
    SimulatedStudy study =
        new SimulatedStudy(
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]),
            Integer.parseInt(arguments[4]),
            Integer.parseInt(arguments[5]));
    study.write(Path.of(arguments[0]), study.tasks());
    System.out.printf(Locale.ROOT, "%s: %,d measurements%n", arguments[0], study.measurements());
  }

  int tasks() {
    return (pairs + pairsATask - 1) / pairsATask;
  }

  long measurements() {
    long sites = (long) layers * (WHOLE.size() + heads + 2L * (positions + 1));
    return sites * pairs * PatchDirection.values().length * METRICS.size();
  }

  /** Writes the first tasks; the study is complete when these are all. Can be called again. */
  void write(Path directory, int tasks) throws IOException {
    Configuration configuration = new Configuration();
    DriverRun run = DriverRun.begin(Clock.systemUTC());
    StudyIdentity identity =
        new StudyIdentity(
            ID,
            "simulated-%d-%d-%d-%d".formatted(pairs, layers, heads, positions),
            Map.of(),
            Map.of(),
            "study { id = \"" + ID + "\" } # invented numbers\n");
    try (ResultStore store =
        ResultStore.open(
            new org.apache.hadoop.fs.Path(directory.toString()),
            configuration,
            identity,
            run,
            Clock.systemUTC())) {
      store.runStarted(Map.of(StoredStudy.TASKS, Integer.toString(tasks())));
      TaskWriter writer =
          new TaskWriter(
              store.directory(),
              configuration,
              run,
              identity.fingerprint(),
              ID,
              new ComputedWith("none", "none"));
      for (int task = 0; task < tasks; task++) {
        if (!store.completedTasks().get(task)) {
          int first = task * pairsATask;
          int end = Math.min(pairs, first + pairsATask);
          PatchTask ofPairs = new PatchTask(task, first, end, 0, 1);
          store.commit(writer.write(ofPairs, 1, result(first, end)));
        }
      }
      if (tasks == tasks()) {
        store.finish(RunOutcome.COMPLETE, 0);
      }
    }
  }

  private TaskResult result(int firstPair, int endPair) {
    List<PairResult> results = new ArrayList<>();
    List<Measurement> rows = new ArrayList<>();
    for (int pair = firstPair; pair < endPair; pair++) {
      results.add(pair(pair));
      SplittableRandom random = new SplittableRandom(pair);
      double ofPair = random.nextDouble() - 0.5;
      for (PatchDirection direction : PatchDirection.values()) {
        for (int layer = 0; layer < layers; layer++) {
          for (Component component : WHOLE) {
            add(rows, random, ofPair, cell("components", pair, direction, component, layer));
          }
          for (int head = 0; head < heads; head++) {
            Cell whole = cell("heads", pair, direction, Component.Z, layer);
            add(rows, random, ofPair, at(whole, head, -1, ""));
          }
          for (Component component : List.of(Component.SELF_ATTN, Component.MLP)) {
            Cell whole = cell("positions", pair, direction, component, layer);
            for (int position = 0; position < positions; position++) {
              add(rows, random, ofPair, at(whole, -1, position, ""));
            }
            add(rows, random, ofPair, at(whole, -1, -1, "subject"));
          }
        }
      }
    }
    if (otherKinds && firstPair == 0) {
      results.add(unequal());
    }
    if (otherKinds) {
      for (int pair = firstPair; pair < endPair; pair++) {
        addScreen(rows, pair);
        addAblation(rows, pair);
        addEntriesAndPaths(rows, pair);
      }
    }
    rows.sort(Measurement.ROW_ORDER);
    return new TaskResult(results, rows, rows.size() / METRICS.size(), 0, Map.of());
  }

  private void addScreen(List<Measurement> rows, int pair) {
    SplittableRandom random = new SplittableRandom(-1 - pair);
    for (PatchDirection direction : PatchDirection.values()) {
      for (int layer = 0; layer < layers; layer++) {
        for (int head = 0; head < heads; head++) {
          Cell whole = cell("heads-at-last.screen", pair, direction, Component.Z, layer);
          Cell estimate = of(at(whole, head, -1, ""), ValueKind.ATTRIBUTION);
          add(rows, random, 0, estimate);
          if (pair % 4 == 1) {
            whole = cell("heads-at-last.sample", pair, direction, Component.Z, layer);
            add(rows, random, 0, at(whole, head, -1, ""));
          }
          if (layer == 0) {
            whole = cell("heads-at-last", pair, direction, Component.Z, layer);
            add(rows, random, 0, at(whole, head, -1, ""));
          }
        }
      }
    }
  }

  private void addAblation(List<Measurement> rows, int pair) {
    SplittableRandom random = new SplittableRandom(-1_000_000 - pair);
    for (int layer = 0; layer < layers; layer++) {
      Cell whole = cell("ablation", pair, PatchDirection.NOISING, Component.MLP, layer);
      OptionalDouble none = OptionalDouble.empty();
      for (Metric metric : METRICS) {
        rows.add(
            new Measurement(
                of(whole, ValueKind.ZERO),
                metric,
                OptionalDouble.of(2),
                none,
                OptionalDouble.of(2 - layer - random.nextDouble()),
                none,
                none,
                CellStatus.NO_BASELINE));
      }
    }
  }

  private void addEntriesAndPaths(List<Measurement> rows, int pair) {
    SplittableRandom random = new SplittableRandom(-2_000_000 - pair);
    for (PatchDirection direction : PatchDirection.values()) {
      for (int layer = 0; layer < layers; layer++) {
        for (int head = 0; head < heads; head++) {
          Cell pattern = cell("entries", pair, direction, Component.PATTERN, layer);
          Cell row = at(pattern, head, positions - 1, "");
          for (int source = 0; source < positions; source++) {
            add(rows, random, source / 10.0, with(row, row.value(), OptionalInt.of(source), ""));
          }
          Cell sender = at(cell("paths", pair, direction, Component.Z, layer), head, -1, "");
          for (String receiver : List.of("final", "self_attn.q_proj@5.2")) {
            double share = receiver.length() / 10.0;
            add(rows, random, share, with(sender, sender.value(), OptionalInt.empty(), receiver));
          }
        }
      }
    }
  }

  private static Cell of(Cell cell, ValueKind value) {
    return with(cell, value, cell.sourcePosition(), cell.receiver().orElse(""));
  }

  private static Cell with(Cell cell, ValueKind value, OptionalInt source, String receiver) {
    return new Cell(
        cell.sweep(),
        cell.pairId(),
        cell.direction(),
        cell.component(),
        cell.layer(),
        cell.window(),
        cell.head(),
        cell.position(),
        cell.positionLabel(),
        value,
        cell.corruption(),
        source,
        receiver.isEmpty() ? Optional.empty() : Optional.of(receiver));
  }

  private static String id(int pair) {
    return String.format(Locale.ROOT, "pair-%06d", pair);
  }

  private static Cell cell(
      String sweep, int pair, PatchDirection direction, Component component, int layer) {
    return new Cell(
        sweep,
        id(pair),
        direction,
        component.roleName(),
        layer,
        1,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        ValueKind.ACTIVATION,
        CorruptionKind.PROMPT,
        OptionalInt.empty(),
        Optional.empty());
  }

  private static Cell at(Cell whole, int head, int position, String label) {
    return new Cell(
        whole.sweep(),
        whole.pairId(),
        whole.direction(),
        whole.component(),
        whole.layer(),
        whole.window(),
        head < 0 ? OptionalInt.empty() : OptionalInt.of(head),
        position < 0 ? OptionalInt.empty() : OptionalInt.of(position),
        label.isEmpty() ? Optional.empty() : Optional.of(label),
        whole.value(),
        whole.corruption(),
        whole.sourcePosition(),
        whole.receiver());
  }

  private void add(List<Measurement> rows, SplittableRandom random, double ofPair, Cell cell) {
    double distance = cell.layer() - ((cell.component().length() * 5) % layers);
    double share = cell.sweep().equals("components") ? 0.6 : 0.2;
    double effect = share * Math.exp(-distance * distance / 8) * (1 + ofPair);
    for (Metric metric : METRICS) {
      double noisy = effect + 0.2 * (random.nextDouble() + random.nextDouble() - 1);
      rows.add(row(cell, metric, noisy, 4 + 2 * ofPair, status(cell, random)));
    }
  }

  private CellStatus status(Cell cell, SplittableRandom random) {
    if (cell.component().equals(Component.OUTPUT.roleName())) {
      return CellStatus.BY_CONSTRUCTION;
    }
    int chance = random.nextInt(10_000);
    if (chance < 8) {
      return CellStatus.FAILED;
    }
    return chance < 16 ? CellStatus.DEGENERATE_BASELINE : CellStatus.OK;
  }

  private static Measurement row(
      Cell cell, Metric metric, double effect, double size, CellStatus status) {
    if (status == CellStatus.FAILED) {
      OptionalDouble none = OptionalDouble.empty();
      return new Measurement(cell, metric, none, none, none, none, none, status);
    }
    double clean = metric == Metric.LOGIT_DIFF ? size : 0;
    double corrupted =
        status == CellStatus.DEGENERATE_BASELINE ? clean : metric == Metric.LOGIT_DIFF ? 0 : size;
    boolean noising = cell.direction() == PatchDirection.NOISING;
    double recovered = noising ? 1 - effect : effect;
    double patched = corrupted + recovered * (clean - corrupted);
    OptionalDouble recovery = Recovery.of(clean, corrupted, patched);
    OptionalDouble shown =
        recovery.isPresent() && noising ? OptionalDouble.of(1 - recovery.getAsDouble()) : recovery;
    return new Measurement(
        cell,
        metric,
        OptionalDouble.of(clean),
        OptionalDouble.of(corrupted),
        OptionalDouble.of(patched),
        recovery,
        shown,
        status);
  }

  private PairResult pair(int pair) {
    PromptText corrupted =
        otherKinds && id(pair).equals(WITHOUT_CORRUPTED)
            ? new PromptText.Absent()
            : new PromptText.Text("The capital of There is");
    return result(
        new TokenizedPair(
            prompt(pair, id(pair), corrupted),
            PairStatus.OK,
            Optional.empty(),
            "The capital of Here is",
            "The capital of There is",
            new TokenSequence(List.of(1, 2, 3, 4, 5), TOKENS),
            new TokenSequence(
                List.of(1, 2, 3, 6, 5), List.of("The", " capital", " of", " There", " is")),
            Map.of("subject", new TokenSpan(3, 4)),
            new AnswerTokens.None(),
            new AnswerTokens.None()));
  }

  private PairResult unequal() {
    return result(
        new TokenizedPair(
            prompt(pairs, UNEQUAL, new PromptText.Text("The capital is")),
            PairStatus.LENGTH_MISMATCH,
            Optional.of("clean has 5 tokens, corrupted 3"),
            "The capital of Here is",
            "The capital is",
            new TokenSequence(List.of(1, 2, 3, 4, 5), TOKENS),
            new TokenSequence(List.of(1, 2, 5), List.of("The", " capital", " is")),
            Map.of(),
            new AnswerTokens.None(),
            new AnswerTokens.None()));
  }

  private static PromptPair prompt(int number, String id, PromptText corrupted) {
    return new PromptPair(
        number,
        id,
        new PromptText.Text("The capital of Here is"),
        corrupted,
        new AnswerSpec.None(),
        new AnswerSpec.None(),
        Map.of(),
        Map.of("relation", "relation-" + number % RELATIONS, "number", Integer.toString(number)));
  }

  private static PairResult result(TokenizedPair tokenized) {
    return new PairResult(
        tokenized,
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.of(7),
        OptionalInt.of(8),
        Optional.empty());
  }
}
