package org.patchgrid.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.patchgrid.model.Intervention.addVector;
import static org.patchgrid.model.Intervention.clamp;
import static org.patchgrid.model.Intervention.noise;
import static org.patchgrid.model.Intervention.replaceWith;
import static org.patchgrid.model.Intervention.scale;
import static org.patchgrid.model.Intervention.zeroOut;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.GoldenRow;
import org.patchgrid.ResidentMemory;
import org.patchgrid.experiment.TestModels;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.PatchgridException;

class LanguageModelTest {
  private static final String CLEAN = "The capital of France is";
  private static final String CORRUPTED = "The capital of Italy is";
  private static final String LONGER = "London is the capital of France";

  /** Position of the token that differs, BOS being 0. */
  private static final int SUBJECT = 4;

  private static final double NOISE_DEVIATION = 3 * 0.09120430682526769;

  private static final long ALLOWED_GROWTH_KB = 8 * 1024;

  private static LanguageModel atlas;

  @BeforeAll
  static void load() {
    atlas = LanguageModel.load(TestModels.atlas().toString());
  }

  @AfterAll
  static void close() {
    atlas.close();
  }

  @Test
  void predictionsAreTheModels() {
    try (Trace trace = atlas.trace(CLEAN)) {
      assertThat(trace.tokens())
          .containsExactly("<|bos|>", "The", "Ġcapital", "Ġof", "ĠFrance", "Ġis");
      TopToken top = trace.topTokens(3).get(0);
      assertThat(top.token()).isEqualTo("ĠParis");
      assertThat(top.probability())
          .isCloseTo(0.999, within(1e-3))
          .isEqualTo(trace.probability(" Paris"));
      assertThat(trace.logits()[top.id()]).isEqualTo(top.logit());
      assertThat(trace.logit(" Paris")).isCloseTo(top.logit(), within(1e-4));
      assertThat(trace.logit(" Paris") - trace.logit(" Rome"))
          .isCloseTo(9.62871466847, within(1e-4)); // goldens
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpt2-tied-f32", "gemma2-bf16", "neox-parallel-f16", "olmo2-f32"})
  void aValueReplacedByItselfChangesNoBit(String family) {
    String directory =
        (family.isEmpty() ? TestModels.atlas() : TestModels.family(family)).toString();
    try (LanguageModel model = LanguageModel.load(directory);
        Trace trace = model.trace(CLEAN)) {
      Map<String, Intervention> everywhere = new HashMap<>();
      for (String point : model.hookPoints()) {
        Activation own = trace.activation(point);
        everywhere.put(point, replaceWith(own));
        try (Trace same = model.trace(CLEAN, Map.of(point, replaceWith(own)), List.of())) {
          assertThat(same.logits()).as(point).isEqualTo(trace.logits());
        }
      }
      try (Trace same = model.trace(CLEAN, everywhere, List.of())) {
        assertThat(same.logits()).isEqualTo(trace.logits());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tied-f32", "gemma2-bf16", "neox-parallel-f16", "olmo2-f32"})
  void everyNameThatIsPrintedIsTheNameOfThatPoint(String family) {
    try (LanguageModel model = LanguageModel.load(TestModels.family(family).toString())) {
      for (String name : model.hookPoints()) {
        assertThat(LanguageModel.name(model.hookPoint(name))).isEqualTo(name);
      }
    }
  }

  @Test
  void axesAreAsTheyAreCalled() {
    try (Trace trace = atlas.trace(CLEAN)) {
      assertThat(trace.activation("layers.2.mlp").shape()).containsExactly(6, 192);
      assertThat(trace.activation("blocks.2.attn.hook_z").shape()).containsExactly(6, 6, 32);
      Activation keys = trace.activation("model.layers.2.self_attn.k_proj");
      assertThat(keys)
          .hasToString("layers.2.self_attn.k_proj, [position, head, width] = [6, 2, 32]");
      Activation pattern = trace.activation("layers.2.self_attn.pattern");
      assertThat(pattern).hasToString("layers.2.self_attn.pattern, [head, query, key] = [6, 6, 6]");
      for (int head = 0; head < 6; head++) {
        for (int query = 0; query < 6; query++) {
          double sum = 0;
          for (int key = 0; key < 6; key++) {
            float weight = pattern.get(head, query, key);
            assertThat(weight).isBetween(0f, key > query ? 0f : 1f);
            sum += weight;
          }
          assertThat(sum).isCloseTo(1, within(1e-5));
        }
      }
    }
  }

  @Test
  void theLogitLensOfTheLastLayerIsThePrediction() {
    try (Trace trace = atlas.trace(CLEAN)) {
      List<List<TopToken>> lens = trace.logitLens(5);
      assertThat(lens).hasSize(6);
      assertThat(lens.get(5)).isEqualTo(trace.topTokens(5));
      assertThat(lens.get(0)).isNotEqualTo(lens.get(5));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "capital_france_italy, The capital of France is, ' Paris', ' Rome'",
    "ioi_mary_john, 'When Mary and John went to the store, John gave a ring to', ' Mary', ' John'"
  })
  void zeroOutIsTheAblationOfTheGoldens(String pair, String clean, String answer, String foil) {
    int compared = 0;
    try (Trace base = atlas.trace(clean)) {
      for (GoldenRow row : GoldenRow.of("atlas-6l." + pair + ".ablation.csv")) {
        if (!row.text("value").equals("zero")) {
          continue;
        }
        Intervention zero = zeroOut();
        if (row.index("head").isPresent()) {
          zero = zero.atHeads(row.index("head").getAsInt());
        }
        try (Trace patched = atlas.trace(clean, Map.of(row.hookPoint(), zero), List.of())) {
          double value =
              row.text("metric").equals("kl")
                  ? patched.distance(Metric.KL, base)
                  : patched.logit(answer) - patched.logit(foil);
          assertThat(value).as(row.toString()).isCloseTo(row.number("patched"), within(1e-4));
        }
        compared++;
      }
    }
    assertThat(compared).isEqualTo(96); // 6 layers x (6 heads, mlp, self_attn) x 2 metrics
  }

  @ParameterizedTest
  @ValueSource(strings = {"pattern", "head-positions"})
  void replacementOfAHeadAtAPositionIsThatOfTheGoldens(String kind) {
    List<GoldenRow> rows =
        GoldenRow.of("atlas-6l.capital_france_italy." + kind + ".csv").stream()
            .filter(row -> row.text("metric").equals("logit_diff"))
            .toList();
    assertThat(rows).hasSizeGreaterThan(200);
    try (Trace clean = atlas.trace(CLEAN)) {
      for (GoldenRow row : rows) {
        Intervention patch =
            replaceWith(clean.activation(row.hookPoint())).atHeads(row.index("head").orElseThrow());
        if (row.index("position").isPresent()) {
          patch = patch.atPositions(row.index("position").getAsInt());
        }
        try (Trace patched = atlas.trace(CORRUPTED, Map.of(row.hookPoint(), patch), List.of())) {
          assertThat(patched.logit(" Paris") - patched.logit(" Rome"))
              .as(row.toString())
              .isCloseTo(row.number("patched"), within(1e-4));
        }
      }
    }
  }

  @Test
  void noiseIsThatOfTheGoldens() {
    Map<Integer, Map<String, Double>> expected = new HashMap<>();
    for (GoldenRow row : GoldenRow.of("atlas-6l.capital_france_italy.rome-noise-samples.csv")) {
      expected
          .computeIfAbsent(row.index("sample").orElseThrow(), sample -> new HashMap<>())
          .put(row.text("metric"), row.number("corrupted"));
    }
    assertThat(expected).hasSize(10);
    expected.forEach(
        (sample, values) -> {
          Intervention noise =
              noise(NOISE_DEVIATION, 1, "capital_france_italy", sample).atPositions(SUBJECT);
          try (Trace noised = atlas.trace(CLEAN, Map.of("layers.0.resid_pre", noise), List.of())) {
            assertThat(noised.logit(" Paris") - noised.logit(" Rome"))
                .isCloseTo(values.get("logit_diff"), within(1e-4));
            assertThat(noised.probability(" Paris"))
                .isCloseTo(values.get("answer_prob"), within(1e-5));
          }
        });
  }

  @Test
  void eachInterventionDoesWhatItSays() {
    String point = "layers.3.self_attn.z";
    try (Trace clean = atlas.trace(CLEAN)) {
      Activation z = clean.activation(point);
      assertThat(scale(1).apply(z).values()).isEqualTo(z.values());
      assertThat(scale(-2).apply(z).get(5, 3, 7)).isEqualTo(-2 * z.get(5, 3, 7));
      float[] clamped = clamp(-0.01, 0.02).apply(z).values();
      assertThat(clamped).contains(-0.01f, 0.02f);
      for (float value : clamped) {
        assertThat(value).isBetween(-0.01f, 0.02f);
      }
      float[] vector = new float[192];
      vector[3 * 32 + 7] = 5;
      Activation added = addVector(vector).atPositions(2).apply(z);
      assertThat(added.get(2, 3, 7)).isEqualTo(z.get(2, 3, 7) + 5);
      assertThat(added.get(1, 3, 7)).isEqualTo(z.get(1, 3, 7));
      assertThat(zeroOut().then(addVector(vector)).atHeads(3).apply(z).get(4, 3, 7)).isEqualTo(5);
      assertThat(noise(0, 1).apply(z).values()).isEqualTo(z.values());
      assertThat(noise(1, 1).apply(z).values()).isNotEqualTo(noise(1, 2).apply(z).values());

      Intervention zeroInTwoSteps = zeroOut().atHeads(0, 1, 2).then(zeroOut().atHeads(3, 4, 5));
      try (Trace whole = atlas.trace(CLEAN, Map.of(point, zeroOut()));
          Trace parts = atlas.trace(CLEAN, Map.of(point, zeroInTwoSteps))) {
        assertThat(parts.logits()).isEqualTo(whole.logits()).isNotEqualTo(clean.logits());
        assertThat(whole.activation(point).values()).containsOnly(0f); // as the run went on
      }
    }
  }

  @Test
  void anInterventionOfOnesOwnIsAFunction() {
    Intervention negated =
        value -> {
          float[] values = value.values();
          for (int i = 0; i < values.length; i++) {
            values[i] = -values[i];
          }
          return value.with(values);
        };
    try (Trace own = atlas.trace(CLEAN, Map.of("layers.1.mlp", negated), List.of());
        Trace scaled = atlas.trace(CLEAN, Map.of("layers.1.mlp", scale(-1)), List.of())) {
      assertThat(own.logits()).isEqualTo(scaled.logits());
    }
  }

  @Test
  void promptsOfDifferentLengthAreAlignedOnRequestAlone() {
    String point = "layers.2.output";
    try (Trace clean = atlas.trace(CLEAN);
        Trace longer = atlas.trace(LONGER)) {
      Activation source = clean.activation(point);
      int difference = longer.tokens().size() - clean.tokens().size();
      assertThat(difference).isEqualTo(1);
      assertThatThrownBy(() -> atlas.trace(LONGER, Map.of(point, replaceWith(source))))
          .isInstanceOf(PatchgridException.class)
          .hasMessage(
              "Cannot replace layers.2.output, [position, width] = [7, 192] with layers.2.output, [position, width] = [6, 192]: the prompts have 7 and 6 tokens; reword one, or say .alignStart() or .alignEnd()");

      Activation value = longer.activation(point);
      Activation end = replaceWith(source).alignEnd().apply(value);
      Activation start = replaceWith(source).alignStart().apply(value);
      float[] of = source.values();
      assertThat(Arrays.copyOfRange(end.values(), 192, 7 * 192)).isEqualTo(of);
      assertThat(Arrays.copyOf(end.values(), 192)).isEqualTo(Arrays.copyOf(value.values(), 192));
      assertThat(Arrays.copyOf(start.values(), 6 * 192)).isEqualTo(of);
      assertThat(Arrays.copyOfRange(replaceWith(value).alignEnd().apply(source).values(), 0, 192))
          .isEqualTo(Arrays.copyOfRange(value.values(), 192, 2 * 192));
      Intervention last =
          replaceWith(clean.activation("layers.5.output")).alignEnd().atPositions(6);
      try (Trace patched = atlas.trace(LONGER, Map.of("layers.5.output", last), List.of())) {
        assertThat(patched.logits()).isEqualTo(clean.logits());
      }
      assertThatThrownBy(
              () ->
                  replaceWith(clean.activation("layers.2.self_attn.pattern"))
                      .alignEnd()
                      .apply(longer.activation("layers.2.self_attn.pattern")))
          .hasMessageEndingWith("= [6, 6, 6]: the shapes must be equal");
    }
  }

  @Test
  void mistakesAreToldWithWhatThereIs() {
    try (Trace clean = atlas.trace(CLEAN, Map.of(), List.of("layers.0.mlp", "layers.4.output"))) {
      Intervention zero = zeroOut();
      List<Mistake> mistakes =
          List.of(
              new Mistake(
                  () -> atlas.trace(CLEAN, Map.of("layers.0.mpl", zero)),
                  "Unknown component 'layers.0.mpl': atlas-6l has resid_pre, input_layernorm, self_attn.q_proj"),
              new Mistake(
                  () -> atlas.trace(CLEAN, Map.of("layers.6.mlp", zero)),
                  "Cannot find 'layers.6.mlp': the layers of atlas-6l are 0 to 5"),
              new Mistake(
                  () -> clean.activation("mlp"),
                  "'mlp' names no layer: write layers.0.mlp to layers.5.mlp"),
              new Mistake(
                  () -> clean.activation("layers.1.mlp"),
                  "The trace of \"The capital of France is\" did not keep layers.1.mlp: it kept layers.0.mlp, layers.4.output"),
              new Mistake(
                  () -> clean.logitLens(1),
                  "The trace of \"The capital of France is\" did not keep layers.0.output: "),
              new Mistake(
                  () -> atlas.trace(CLEAN, Map.of("layers.0.self_attn.z", zero.atHeads(0, 6))),
                  "Cannot find 6 among the heads of layers.0.self_attn.z, [position, head, width] = [6, 6, 32]: they are 0 to 5"),
              new Mistake(
                  () -> atlas.trace(CLEAN, Map.of("layers.0.mlp", zero.atPositions(9, 1))),
                  "Cannot find 9 among the positions of layers.0.mlp, [position, width] = [6, 192]: they are 0 to 5"),
              new Mistake(
                  () -> atlas.trace(CLEAN, Map.of("layers.0.mlp", zero.atHeads(0))),
                  "layers.0.mlp, [position, width] = [6, 192] has no heads; self_attn.z of a layer has"),
              new Mistake(
                  () -> atlas.trace(CLEAN, Map.of("layers.0.mlp", addVector(1, 2))),
                  "Cannot add a vector of 2 numbers to layers.0.mlp, [position, width] = [6, 192]: a position has 192"),
              new Mistake(
                  () ->
                      atlas.trace(
                          CLEAN, Map.of("layers.0.mlp", zero, "blocks.0.hook_mlp_out", zero)),
                  "layers.0.mlp has two interventions: write one as first.then(second)"),
              new Mistake(() -> atlas.trace(""), "Cannot use \"\": the clean prompt is empty"),
              new Mistake(
                  () -> clean.logit(" Paris Rome"),
                  "Cannot use \"The capital of France is\": answer \" Paris Rome\" continues the clean prompt by 2 tokens"),
              new Mistake(
                  () -> clean.distance(Metric.LOGIT_DIFF, clean), "logit_diff is of answers"),
              new Mistake(() -> clean.topTokens(0), "Cannot list 0 tokens"),
              new Mistake(() -> clamp(1, 0), "Cannot clamp to the range from 1.0 to 0.0"),
              new Mistake(() -> noise(-1, 1), "Cannot add noise with a standard deviation of -1.0"),
              new Mistake(
                  () -> noise(Double.NaN, 1), "Cannot add noise with a standard deviation of NaN"),
              new Mistake(
                  () -> clean.activation("layers.0.mlp").get(0),
                  "layers.0.mlp, [position, width] = [6, 192] has nothing at [0]"),
              new Mistake(
                  () -> clean.activation("layers.0.mlp").with(1),
                  "layers.0.mlp, [position, width] = [6, 192] has 1152 numbers, not 1"));
      for (Mistake mistake : mistakes) {
        assertThatThrownBy(mistake.action()::run)
            .as(mistake.message())
            .isInstanceOf(PatchgridException.class)
            .hasMessageStartingWith(mistake.message());
      }
      assertThatThrownBy(
              () ->
                  atlas.trace(
                      CLEAN,
                      Map.of("layers.0.self_attn.z", x -> clean.activation("layers.4.output"))))
          .isInstanceOf(PatchgridException.class)
          .hasMessage(
              "An intervention turned layers.0.self_attn.z, [position, head, width] = [6, 6, 32] into layers.4.output, [position, width] = [6, 192]: the shapes must be equal");
    }
  }

  private record Mistake(Runnable action, String message) {}

  /** What a trace keeps of atlas-6l's run of 6 tokens is 0.4 MB: kept by mistake, 100 are 40 MB. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void nativeMemoryIsFlatOverManyTraces() throws IOException {
    long growth =
        ResidentMemory.growth(
            100,
            ALLOWED_GROWTH_KB,
            times -> {
              for (int i = 0; i < times; i++) {
                try (Trace clean = atlas.trace(CLEAN);
                    Trace patched =
                        atlas.trace(
                            CORRUPTED,
                            Map.of(
                                "layers.2.mlp", replaceWith(clean.activation("layers.2.mlp"))))) {
                  assertThat(patched.logitLens(1)).hasSize(6);
                }
              }
            });
    assertThat(growth).as("kB in 100 times two traces").isLessThan(ALLOWED_GROWTH_KB);
  }

  @Test
  void whatIsClosedSaysSo() {
    List<Trace> open = new ArrayList<>();
    LanguageModel model = LanguageModel.load(TestModels.family("gpt2-tied-f32").toString());
    try (model) {
      Trace trace = model.trace(CLEAN);
      open.add(trace);
      Trace other = model.trace(CORRUPTED);
      Activation taken = other.activation("layers.0.mlp");
      float first = taken.get(0, 0);
      other.close();
      other.close();
      assertThat(taken.get(0, 0)).isEqualTo(first);
      String closed =
          "The trace of \"The capital of Italy is\" is closed: read what you need inside its try block";
      assertThatThrownBy(other::logits)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(closed);
      assertThatThrownBy(() -> other.activation("layers.0.mlp")).hasMessage(closed);
      assertThatThrownBy(() -> trace.distance(Metric.L2, other)).hasMessage(closed);
    }
    model.close();
    String closed = "The model is closed: use it and its traces inside its try block";
    assertThatThrownBy(() -> model.trace(CLEAN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(closed);
    assertThatThrownBy(open.get(0)::logits).hasMessage(closed);
    open.get(0).close();
  }
}
