package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.GoldenRow;
import org.patchgrid.ResidentMemory;
import org.patchgrid.attribution.Attribution;
import org.patchgrid.attribution.AttributionMethod;
import org.patchgrid.attribution.AttributionRuns;
import org.patchgrid.metric.Metric;
import org.patchgrid.metric.MetricReader;
import org.patchgrid.metric.RunLogits;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.Component;
import org.patchgrid.study.Device;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

class AttributionTest {
  private static final String CAPITAL = "capital_france_italy";
  private static final String IOI = "ioi_mary_john";
  private static final String IOI_DRINK = "ioi_drink"; // what the real model's pair is about
  private static final List<Integer> ANSWERS = List.of(5);
  private static final List<Integer> FOILS = List.of(9);
  private static final AttributionMethod AT_TARGET = new AttributionMethod(0);

  /** Part of source - target: small, since ReLU has kinks, and large enough for float32. */
  private static final double STEP = 0.004;

  /** Of the largest slope; OPT's kinks are what takes most of it. */
  private static final double SLOPE_TOLERANCE = 3e-3;

  private static final long ALLOWED_GROWTH_KB = 8 * 1024;

  @ParameterizedTest
  @CsvSource({CAPITAL + ", 672", IOI + ", 1536"})
  void everySiteOfTheDemoModelHasTheReferenceEstimate(String pair, int sites) {
    assertThat(compare(TestModels.atlas(), "atlas-6l", pair)).isEqualTo(sites);
  }

  @ParameterizedTest
  @ValueSource(strings = {CAPITAL, IOI_DRINK})
  void everySiteOfTheRealModelHasTheReferenceEstimate(String pair) {
    String model = System.getProperty("patchgrid.real-model", "");
    assumeTrue(!model.isEmpty(), "needs -Dpatchgrid.real-model=DIR (bin/get-smollm2 DIR)");
    assertThat(compare(Path.of(model), "smollm2-135m", pair)).isEqualTo(660);
  }

  /** Estimates, from the reference's own value of the target run; returns how many. */
  private static int compare(Path directory, String name, String pairId) {
    try (LoadedModel loaded = TestModels.load(directory);
        GradientModel model = GradientModel.load(directory, TestModels.device(), 0)) {
      TokenizedPair pair = pair(loaded, pairId);
      Set<HookPoint> points =
          points(loaded.structure(), Set.of(Component.MLP, Component.SELF_ATTN, Component.Z));
      List<GoldenRow> rows =
          GoldenRow.of(name + "." + pairId.replace(IOI_DRINK, IOI) + ".attribution.csv");
      for (PatchDirection direction : PatchDirection.values()) {
        Attribution attribution =
            estimate(model, pair, direction, points, Metric.LOGIT_DIFF, AT_TARGET);
        for (GoldenRow row : rows) {
          if (!row.text("direction").equals(direction.label())) {
            continue;
          }
          double target = row.number(direction == PatchDirection.DENOISING ? "corrupted" : "clean");
          TokenSpan positions =
              row.index("position").isPresent()
                  ? new TokenSpan(
                      row.index("position").getAsInt(), row.index("position").getAsInt() + 1)
                  : whole(pair);
          HookPoint point =
              new HookPoint(
                  Component.named(row.text("component")).orElseThrow(),
                  row.index("layer").orElseThrow());
          double span = Math.abs(row.number("clean") - row.number("corrupted"));
          assertThat(target + change(attribution, point, row.index("head"), positions))
              .as(row.toString())
              .isCloseTo(row.number("patched"), within(1e-4 * span)); // asked for: 1e-3
        }
      }
      return rows.size();
    }
  }

  /**
   * The gradient along (source - target) at every hook point of families with norms behind, soft
   * caps, parallel layers, biases, q/k-norms: as central differences of patched runs say, which are
   * made by another kernel.
   */
  @ParameterizedTest
  @CsvSource({
    "gemma2-bf16, LOGIT_DIFF",
    "neox-parallel-f16, LOGIT_DIFF",
    "gpt2-tied-f32, LOGIT_DIFF",
    "olmo2-f32, LOGIT_DIFF",
    "opt-f16, KL",
    "gptj-f32, ANSWER_LOG_PROB",
    "gemma3-text-f32, L2",
    "qwen2-untied-f32, COSINE"
  })
  void gradientsAreThoseOfCentralDifferences(String family, Metric metric) {
    Path directory = TestModels.family(family);
    try (LoadedModel loaded = TestModels.load(directory);
        GradientModel model = GradientModel.load(directory, TestModels.device(), 0)) {
      ModelStructure structure = loaded.structure();
      TokenSequence clean = tokens(structure, 3);
      TokenSequence corrupted = tokens(structure, 4);
      Set<HookPoint> points = points(structure, structure.components());
      TokenizedPair pair = TestPairs.differingAt(clean.length(), 2);
      TokenizedPair ofThisModel =
          new TokenizedPair(
              pair.pair(),
              pair.status(),
              pair.reason(),
              "",
              "",
              clean,
              corrupted,
              Map.of(),
              pair.answer(),
              pair.foil());
      Attribution attribution =
          estimate(model, ofThisModel, PatchDirection.DENOISING, points, metric, AT_TARGET);
      try (PromptRun source = new PromptRun(loaded, clean, points, Map.of());
          PromptRun target = new PromptRun(loaded, corrupted, points, Map.of())) {
        MetricReader reader = new MetricReader(source.logits(source.state()), ANSWERS, FOILS);
        double scale = 0;
        List<double[]> compared = new ArrayList<>();
        for (HookPoint point : points) {
          float[] from = target.value(point);
          float[] to = source.value(point);
          DoubleUnaryOperator along =
              step -> {
                float[] moved = from.clone();
                for (int i = 0; i < moved.length; i++) {
                  moved[i] += (float) (step * ((double) to[i] - from[i]));
                }
                try (PromptRun run =
                    new PromptRun(loaded, corrupted, Set.of(), Map.of(point, value -> moved))) {
                  return read(reader, metric, run, ANSWERS, FOILS);
                }
              };
          double expected = (4 * slope(along, STEP) - slope(along, 2 * STEP)) / 3;
          double found = change(attribution, point, OptionalInt.empty(), whole(ofThisModel));
          scale = Math.max(scale, Math.abs(expected));
          compared.add(new double[] {found, expected});
        }
        assertThat(compared).hasSize(structure.layers() * structure.components().size());
        assertThat(scale).isPositive();
        for (double[] values : compared) {
          assertThat(values[0]).isCloseTo(values[1], within(SLOPE_TOLERANCE * scale));
        }
      }
    }
  }

  private static double slope(DoubleUnaryOperator along, double step) {
    return (along.applyAsDouble(step) - along.applyAsDouble(-step)) / (2 * step);
  }

  @Test
  void estimatesAddUp() {
    try (LoadedModel loaded = LoadedModel.load(TestModels.atlas());
        GradientModel model = GradientModel.load(TestModels.atlas(), Device.CPU, 0)) {
      TokenizedPair pair = pair(loaded, IOI);
      ModelStructure structure = loaded.structure();
      Attribution attribution =
          estimate(
              model,
              pair,
              PatchDirection.NOISING,
              points(structure, structure.components()),
              Metric.LOGIT_DIFF,
              AT_TARGET);
      int length = pair.clean().length();
      for (HookPoint point : points(structure, structure.components())) {
        double all = change(attribution, point, OptionalInt.empty(), whole(pair));
        double positions = 0;
        double heads = 0;
        for (int position = 0; position < length; position++) {
          positions +=
              change(
                  attribution, point, OptionalInt.empty(), new TokenSpan(position, position + 1));
        }
        for (int head = 0; head < structure.heads(point.component()); head++) {
          heads += change(attribution, point, OptionalInt.of(head), whole(pair));
        }
        assertThat(positions).as(point.toString()).isCloseTo(all, within(1e-9));
        if (structure.heads(point.component()) > 0) {
          assertThat(heads).as(point.toString()).isCloseTo(all, within(1e-9));
        }
        if (point.component() == Component.PATTERN) {
          double keys = 0;
          for (int key = 0; key < length; key++) {
            keys +=
                attribution.change(
                    point, OptionalInt.empty(), whole(pair), new TokenSpan(key, key + 1));
          }
          assertThat(keys).as("keys of " + point).isCloseTo(all, within(1e-9));
        }
        if (point.component() == Component.Z) {
          HookPoint attention = new HookPoint(Component.SELF_ATTN, point.layer());
          assertThat(all)
              .as("heads and attention at layer " + point.layer())
              .isCloseTo(
                  change(attribution, attention, OptionalInt.empty(), whole(pair)), within(1e-4));
        }
      }
    }
  }

  /** Along the whole line the gradients of the input add up to the whole difference. */
  @ParameterizedTest
  @CsvSource({"DENOISING, LOGIT_DIFF", "NOISING, LOGIT_DIFF", "NOISING, KL", "DENOISING, L2"})
  void integratedGradientsOfTheInputAreTheWholeDifference(PatchDirection direction, Metric metric) {
    try (LoadedModel loaded = LoadedModel.load(TestModels.atlas());
        GradientModel model = GradientModel.load(TestModels.atlas(), Device.CPU, 0)) {
      TokenizedPair pair = pair(loaded, CAPITAL);
      HookPoint input = new HookPoint(Component.RESID_PRE, 0);
      double difference;
      try (PromptRun clean = new PromptRun(loaded, pair.clean(), Set.of(), Map.of());
          PromptRun corrupted = new PromptRun(loaded, pair.corrupted(), Set.of(), Map.of())) {
        MetricReader reader =
            new MetricReader(clean.logits(clean.state()), ids(pair.answer()), ids(pair.foil()));
        double ofClean = read(reader, metric, clean, ids(pair.answer()), ids(pair.foil()));
        double ofCorrupted = read(reader, metric, corrupted, ids(pair.answer()), ids(pair.foil()));
        difference =
            direction == PatchDirection.DENOISING ? ofClean - ofCorrupted : ofCorrupted - ofClean;
      }
      List<Double> errors = new ArrayList<>();
      for (int steps : List.of(1, 5, 100)) {
        double change =
            change(
                estimate(
                    model, pair, direction, Set.of(input), metric, new AttributionMethod(steps)),
                input,
                OptionalInt.empty(),
                whole(pair));
        errors.add(Math.abs(change - difference) / Math.abs(difference));
      }
      assertThat(errors.get(2)).as(errors.toString()).isLessThan(0.01).isLessThan(errors.get(0));
    }
  }

  private static double read(
      MetricReader reader,
      Metric metric,
      PromptRun run,
      List<Integer> answerIds,
      List<Integer> foilIds) {
    float[] state = run.state();
    double[] answers = {run.logit(state, answerIds.get(0))};
    double[] foils = {run.logit(state, foilIds.get(0))};
    return reader
        .read(List.of(metric), RunLogits.ofVocabulary(run.logits(state), answers, foils))[0];
  }

  @Test
  void whatHasNoGradientHasNoEstimate() {
    try (LoadedModel loaded = LoadedModel.load(TestModels.atlas());
        GradientModel model = GradientModel.load(TestModels.atlas(), Device.CPU, 0)) {
      TokenizedPair pair = pair(loaded, CAPITAL);
      Set<HookPoint> points = Set.of(new HookPoint(Component.MLP, 3));
      List<Metric> all = List.of(Metric.values());
      List<Metric> smooth = all.stream().filter(metric -> metric != Metric.ANSWER_RANK).toList();
      assertThat(estimates(model, pair, PatchDirection.DENOISING, points, all, AT_TARGET))
          .containsOnlyKeys(smooth);
      assertThat(estimates(model, pair, PatchDirection.NOISING, points, all, AT_TARGET))
          .containsOnlyKeys(
              Metric.LOGIT_DIFF,
              Metric.PROB_DIFF,
              Metric.ANSWER_PROB,
              Metric.ANSWER_LOG_PROB,
              Metric.ANSWER_LOGIT);
      assertThat(
              estimates(model, pair, PatchDirection.NOISING, points, all, new AttributionMethod(5)))
          .containsOnlyKeys(smooth);
      assertThat(
              estimates(
                  model,
                  pair,
                  PatchDirection.NOISING,
                  points,
                  List.of(Metric.KL, Metric.ANSWER_RANK),
                  AT_TARGET))
          .isEmpty();
    }
  }

  /** A run of this pair with the way back takes some 3 MB: kept by mistake, 60 are 180 MB. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void nativeMemoryIsFlat() throws IOException {
    try (LoadedModel loaded = LoadedModel.load(TestModels.atlas());
        GradientModel model = GradientModel.load(TestModels.atlas(), Device.CPU, 0)) {
      TokenizedPair pair = pair(loaded, IOI);
      ModelStructure structure = loaded.structure();
      Set<HookPoint> points = points(structure, structure.components());
      List<Metric> metrics = List.of(Metric.LOGIT_DIFF, Metric.KL);
      long growth =
          ResidentMemory.growth(
              50,
              ALLOWED_GROWTH_KB,
              times -> {
                for (int i = 0; i < times; i++) {
                  AttributionMethod method = i % 2 == 0 ? AT_TARGET : new AttributionMethod(2);
                  assertThat(
                          estimates(model, pair, PatchDirection.DENOISING, points, metrics, method))
                      .hasSize(2);
                }
              });
      assertThat(growth).as("kB in 50 pairs").isLessThan(ALLOWED_GROWTH_KB);
    }
  }

  private static Attribution estimate(
      GradientModel model,
      TokenizedPair pair,
      PatchDirection direction,
      Set<HookPoint> points,
      Metric metric,
      AttributionMethod method) {
    return Objects.requireNonNull(
        estimates(model, pair, direction, points, List.of(metric), method).get(metric));
  }

  private static Map<Metric, Attribution> estimates(
      GradientModel model,
      TokenizedPair pair,
      PatchDirection direction,
      Set<HookPoint> points,
      List<Metric> metrics,
      AttributionMethod method) {
    boolean known = pair.answer() instanceof AnswerTokens.Known;
    return model.estimate(
        new AttributionRuns.Question(
            pair,
            direction,
            metrics,
            known ? ids(pair.answer()) : ANSWERS,
            known ? ids(pair.foil()) : FOILS),
        points,
        method);
  }

  private static List<Integer> ids(AnswerTokens answer) {
    return ((AnswerTokens.Known) answer).ids();
  }

  private static Set<HookPoint> points(ModelStructure structure, Set<Component> components) {
    Set<HookPoint> points = new HashSet<>();
    for (int layer = 0; layer < structure.layers(); layer++) {
      for (Component component : components) {
        points.add(new HookPoint(component, layer));
      }
    }
    return points;
  }

  private static TokenSpan whole(TokenizedPair pair) {
    return new TokenSpan(0, pair.clean().length());
  }

  private static TokenizedPair pair(LoadedModel model, String id) {
    boolean capital = id.equals(CAPITAL);
    String clean =
        capital
            ? "The capital of France is"
            : "When Mary and John went to the store, John gave a %s to"
                .formatted(id.equals(IOI_DRINK) ? "drink" : "ring");
    String corrupted = capital ? "The capital of Italy is" : clean.replace(", John", ", Mary");
    return model.tokenize(
        TestPairs.ofTexts(
            0, id, clean, corrupted, capital ? " Paris" : " Mary", capital ? " Rome" : " John"),
        BosPolicy.TOKENIZER,
        AnswerTokenPolicy.ONE);
  }

  /** Seven tokens, the third of which is {@code differing}. */
  private static TokenSequence tokens(ModelStructure structure, int differing) {
    List<Integer> ids = List.of(1, 6, differing, 8, 2, 7, 10);
    assertThat(structure.vocabularySize()).isGreaterThan(10);
    return new TokenSequence(ids, ids.stream().map(String::valueOf).toList());
  }

  /** Of all entries that queries see. */
  private static double change(
      Attribution attribution, HookPoint point, OptionalInt head, TokenSpan positions) {
    return attribution.change(point, head, positions, new TokenSpan(0, positions.end()));
  }
}
