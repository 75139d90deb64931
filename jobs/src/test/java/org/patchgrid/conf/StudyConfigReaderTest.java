package org.patchgrid.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.Device;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Engine;
import org.patchgrid.study.JointSite;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.MeanOver;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PathFreeze;
import org.patchgrid.study.Positions;
import org.patchgrid.study.RequiredPrediction;

class StudyConfigReaderTest {
  private static final String SMALLEST =
      """
      study.id = capitals
      model.path = data/models/atlas-6l
      prompts.path = data/prompts/capitals.jsonl
      sweep {}
      """;

  /** The example of the contract, section 5. */
  private static final String CONTRACT =
      """
      study   { id = "capitals" }
      model   { path = "data/models/atlas-6l", dtype = "float32", device = "cpu" }
      prompts {
        path = "data/prompts/capitals.jsonl" # .jsonl .csv .parquet
        on-error = "skip"
        require = none
        bos = tokenizer
      }
      sweep {
        directions = [denoising]
        components = [mlp, self_attn]
        layers     = all
        positions  = all
        heads      = all
        window     = 1
        corruption = prompt
        value      = activation
      }
      metrics = [l2, logit_diff, kl]
      execution { task-seconds = 30, batch-rows = auto, partitions = auto, audit = 0.001 }
      output  { path = "results/capitals" }
      """;

  @Test
  void everyDefaultIsFilledIn() {
    StudyConfig study = read(SMALLEST);
    ExecutionConfig execution =
        new ExecutionConfig(
            30,
            OptionalInt.empty(),
            OptionalInt.empty(),
            0.001,
            Engine.WAVEFRONT,
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.empty());
    assertThat(study)
        .isEqualTo(
            new StudyConfig(
                "capitals",
                new ModelConfig("data/models/atlas-6l", Dtype.FLOAT32, Device.CPU),
                new PromptsConfig(
                    "data/prompts/capitals.jsonl",
                    FormatChoice.AUTO,
                    OnError.SKIP,
                    RequiredPrediction.NONE,
                    BosPolicy.TOKENIZER,
                    AnswerTokenPolicy.ONE),
                List.of(
                    new SweepConfig(
                        "default",
                        List.of(PatchDirection.DENOISING),
                        List.of("guide"),
                        new LayerSelection.All(),
                        List.of(new Positions.All()),
                        List.of(new Positions.All()),
                        new HeadChoice.All(),
                        1,
                        SetsConfig.NONE,
                        PathsConfig.NONE,
                        Corruption.PROMPT,
                        PatchValue.ACTIVATION,
                        Optional.empty())),
                List.of(Metric.L2),
                execution,
                Optional.empty()));
    assertThat(study.execution()).isEqualTo(execution);
  }

  @Test
  void theContractsExampleIsRead() {
    StudyConfig study = read(CONTRACT);
    assertThat(study.metrics()).containsExactly(Metric.L2, Metric.LOGIT_DIFF, Metric.KL);
    assertThat(study.sweeps().get(0).components()).containsExactly("mlp", "self_attn");
    assertThat(study.outputPath()).contains("results/capitals");
  }

  @Test
  void everyChoiceIsRead() {
    StudyConfig study =
        read(
            """
            study.id = s
            model.path = m
            prompts { path = p.csv, format = eap-ig, counterfactual = corrupted_hard, on-error = fail, require = both, bos = never, answer-token = first }
            sweeps {
              c { directions = [noising, denoising], layers = "1-3", positions = [3, 4], heads = each }
              a { components = all, layers = [0, 3], positions = { labels = [subject, last] }, heads = [0, 2] }
              b { layers = 2, positions = each, window = 5 }
              d { positions = last }
            }
            metrics = kl
            execution { task-seconds = 0.5, batch-rows = 64, partitions = 8, audit = 0, engine = reference, kernel = plain, distances = factor
                        pairs-per-task = 10, sites-per-task = 20 }
            """);
    assertThat(study.prompts())
        .isEqualTo(
            new PromptsConfig(
                "p.csv",
                new FormatChoice(Optional.of(PromptFormat.EAP_IG), Optional.of("corrupted_hard")),
                OnError.FAIL,
                RequiredPrediction.BOTH,
                BosPolicy.NEVER,
                AnswerTokenPolicy.FIRST));
    assertThat(study.sweeps()).extracting(SweepConfig::name).containsExactly("a", "b", "c", "d");
    SweepConfig a = study.sweeps().get(0);
    assertThat(a.components()).containsExactly("all");
    assertThat(a.layers()).isEqualTo(new LayerSelection.Listed(List.of(0, 3)));
    assertThat(a.positions())
        .containsExactly(new Positions.Labelled("subject"), new Positions.Labelled("last"));
    assertThat(a.heads()).isEqualTo(new HeadChoice.Listed(List.of(0, 2)));
    SweepConfig b = study.sweeps().get(1);
    assertThat(b.layers()).isEqualTo(new LayerSelection.Listed(List.of(2)));
    assertThat(b.positions()).containsExactly(new Positions.Each());
    assertThat(b.window()).isEqualTo(5);
    SweepConfig c = study.sweeps().get(2);
    assertThat(c.directions()).containsExactly(PatchDirection.NOISING, PatchDirection.DENOISING);
    assertThat(c.layers()).isEqualTo(new LayerSelection.Range(1, 3));
    assertThat(c.positions()).containsExactly(new Positions.At(3), new Positions.At(4));
    assertThat(c.heads()).isEqualTo(new HeadChoice.Each());
    assertThat(study.sweeps().get(3).positions()).containsExactly(new Positions.Last());
    assertThat(study.metrics()).containsExactly(Metric.KL);
    assertThat(study.execution())
        .isEqualTo(
            new ExecutionConfig(
                0.5,
                OptionalInt.of(64),
                OptionalInt.of(8),
                0,
                Engine.REFERENCE,
                Optional.of(Kernel.PLAIN),
                Optional.of(Distances.FACTOR),
                OptionalInt.of(10),
                OptionalInt.of(20)));
    assertThat(read(study.render())).isEqualTo(study);
    assertThat(sweep("positions = 3").positions()).containsExactly(new Positions.At(3));
    assertThat(read(SMALLEST + "sweep.layers = null, metrics = null")).isEqualTo(read(SMALLEST));
  }

  @Test
  void onAGpuThereIsOneKernel() {
    String gpu = SMALLEST + "model.device = gpu\n";
    assertThat(read(gpu).model().device()).isEqualTo(Device.GPU);
    assertThat(read(gpu + "execution.kernel = plain").execution().kernel()).contains(Kernel.PLAIN);
    assertThat(read(read(gpu).render())).isEqualTo(read(gpu));
    assertThat(problems(gpu + "execution.kernel = onednn"))
        .singleElement()
        .asString()
        .endsWith(
            "execution.kernel: 'onednn' does not run on model.device = gpu with model.dtype = float32: leave it out");
  }

  @Test
  void bfloat16HasOneKernelAndIsAudited() {
    String screen = SMALLEST + "model.dtype = bfloat16\n";
    assertThat(read(screen).model().dtype()).isEqualTo(Dtype.BFLOAT16);
    assertThat(read(screen + "model.device = gpu").model().dtype()).isEqualTo(Dtype.BFLOAT16);
    assertThat(read(read(screen).render())).isEqualTo(read(screen));
    assertThat(problems(screen + "execution { kernel = onednn, audit = 0 }"))
        .satisfiesExactly(
            kernel ->
                assertThat(kernel)
                    .endsWith(
                        "execution.kernel: 'onednn' does not run on model.device = cpu with model.dtype = bfloat16: leave it out"),
            audit ->
                assertThat(audit)
                    .endsWith(
                        "execution.audit: 0 leaves the error of model.dtype = bfloat16 unknown: use a share above 0"));
    assertThat(read(SMALLEST + "execution.audit = 0").execution().audit()).isZero();
  }

  @Test
  void allProblemsAreReportedTogetherWithTheirLines() {
    assertThat(
            problems(
                """
                study { name = "capitals" }
                model { path = m, dtype = float16, device = "cuda:0" }
                prompts {
                  pth = "p.jsonl"
                  on_error = skip
                  require = clear
                }
                sweep {
                  direction = [denoising]
                  components = []
                  layers = "5-2"
                  positions = { label = [subject] }
                  heads = some
                  window = 0
                  corruption = noise
                  value = median
                }
                metrics = [l2, l3, kl, kl]
                execution { task-seconds = -1, batch-rows = many, audit = 2, engine = [] }
                output = results
                zzz = 1
                """))
        .containsExactlyInAnyOrder(
            "s.conf:1: study.name: unknown key: study has id",
            "s.conf: study.id is missing: add study.id = \"capitals\"",
            "s.conf:2: model.dtype: 'float16' is not one of float32, bfloat16; did you mean 'bfloat16'?",
            "s.conf:2: model.device: 'cuda:0' is not one of cpu, gpu",
            "s.conf:4: prompts.pth: unknown key: did you mean 'path'?",
            "s.conf: prompts.path is missing: add prompts.path = \"data/prompts/capitals.jsonl\"",
            "s.conf:5: prompts.on_error: unknown key: did you mean 'on-error'?",
            "s.conf:6: prompts.require: 'clear' is not one of none, clean, both; did you mean 'clean'?",
            "s.conf:9: sweep.direction: unknown key: did you mean 'directions'?",
            "s.conf:10: sweep.components: is empty: list at least one, or leave the key out",
            "s.conf:11: sweep.layers: '5-2' is not all, a range like \"0-5\" or a list like [0, 3]",
            "s.conf:12: sweep.positions.label: unknown key: did you mean 'labels'?",
            "s.conf:13: sweep.heads: 'some' is not all, each or a list like [0, 2]",
            "s.conf:14: sweep.window: '0' is not a whole number from 1",
            "s.conf:15: sweep.corruption: must be an object: corruption { ... }",
            "s.conf:15: sweep.corruption: has no label: write noise { label = subject, factor = 3 }",
            "s.conf:16: sweep.value: 'median' is not one of activation, zero, mean, attribution; did you mean 'mean'?",
            "s.conf:18: metrics: 'l3' is not one of l2, mse, cosine, kl, logit_diff, prob_diff,"
                + " answer_prob, answer_log_prob, answer_logit, answer_rank; did you mean 'l2'?",
            "s.conf:18: metrics: 'kl' is listed twice: keep one",
            "s.conf:19: execution.task-seconds: '-1' is not a number of seconds above 0",
            "s.conf:19: execution.batch-rows: 'many' is neither auto nor a whole number from 1",
            "s.conf:19: execution.audit: '2' is not a share from 0 to 1",
            "s.conf:19: execution.engine: must be a single value, not a list or an object",
            "s.conf:20: output: must be an object: output { ... }",
            "s.conf:21: zzz: unknown key: a study has study, model, prompts, sweep, sweeps, metrics,"
                + " execution, output");
  }

  @Test
  void wrongKindsOfValuesAreProblems() {
    assertThat(
            problems(
                SMALLEST
                    + """
                    study.id = "two\\nlines"
                    model.path = "  "
                    sweep.layers = [0, -1]
                    sweep.heads = [1.5]
                    sweep.positions = [last]
                    sweep.components = [[mlp]]
                    sweep.directions = { a = 1 }
                    """))
        .containsExactlyInAnyOrder(
            "s.conf:5: study.id: has a line break or another control character in it: take it out",
            "s.conf:6: model.path: is blank: give a value, or leave the key out",
            "s.conf:7: sweep.layers: '-1' is not a whole number from 0",
            "s.conf:8: sweep.heads: '1.5' is not a whole number from 0",
            "s.conf:9: sweep.positions: 'last' is not a whole number from 0",
            "s.conf:10: sweep.components: must be a list of names",
            "s.conf:11: sweep.directions: must be a single value, not a list or an object");
  }

  @Test
  void namesAndLabelsThatAreNotThereAreProblems() {
    assertThat(problems(SMALLEST + "sweep { positions {}, sets { \" \" = mlp } }"))
        .containsExactlyInAnyOrder(
            "s.conf:5: sweep.positions: has no labels: write { labels = [subject] }",
            "s.conf:5: sweep.sets.\" \": a set needs a name without control characters");
    assertThat(problems(SMALLEST + "model.dtyp = float32, output.pth = o, sweep { sets {} }"))
        .containsExactlyInAnyOrder(
            "s.conf:5: output.pth: unknown key: did you mean 'path'?",
            "s.conf:5: model.dtyp: unknown key: did you mean 'dtype'?",
            "s.conf:5: sweep.sets: is empty: write sets { NAME = [\"self_attn.z@9.6\"] }");
  }

  @Test
  void tasksTakeMoreThanNoTime() {
    assertThat(problems(SMALLEST, "execution.task-seconds=0"))
        .singleElement()
        .asString()
        .endsWith("'0' is not a number of seconds above 0");
    assertThat(read(SMALLEST, "execution.task-seconds=2147483647").execution().taskSeconds())
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void theNearestWordIsNamedForWhatMayAlsoBeANumber() {
    assertThat(
            problems(
                SMALLEST
                    + """
                    prompts.on-error = skp
                    sweep.layers = al
                    sweep.heads = eahc
                    sweep.positions = lst
                    sweep.directions = [denoise, noisng]
                    execution.batch-rows = atuo
                    """))
        .containsExactlyInAnyOrder(
            "s.conf:5: prompts.on-error: 'skp' is not one of skip, fail; did you mean 'skip'?",
            "s.conf:6: sweep.layers: 'al' is not all, a range like \"0-5\" or a list like [0, 3];"
                + " did you mean 'all'?",
            "s.conf:7: sweep.heads: 'eahc' is not all, each or a list like [0, 2]; did you mean"
                + " 'each'?",
            "s.conf:8: sweep.positions: 'lst' is not all, each, last, a list like [3, 4] or {"
                + " labels = [subject] }; did you mean 'last'?",
            "s.conf:9: sweep.directions: 'denoise' is not one of denoising, noising",
            "s.conf:9: sweep.directions: 'noisng' is not one of denoising, noising; did you mean"
                + " 'noising'?",
            "s.conf:10: execution.batch-rows: 'atuo' is neither auto nor a whole number from 1; did"
                + " you mean 'auto'?");
  }

  @Test
  void aStudyNeedsOneKindOfSweeps() {
    assertThat(problems("study.id = s, model.path = m, prompts.path = p"))
        .containsExactly(
            "s.conf: sweep is missing: say what to patch, as in sweep { components = [mlp] }");
    assertThat(problems(SMALLEST + "sweeps { a {} }"))
        .containsExactly(
            "s.conf:5: sweeps: there is a sweep too: put it into sweeps { NAME { ... } }");
    assertThat(problems(SMALLEST.replace("sweep {}", "sweeps {}")))
        .containsExactly(
            "s.conf:4: sweeps: is empty: write sweeps { NAME { components = [mlp] } }");
    assertThat(problems(SMALLEST.replace("sweep {}", "sweeps { a = 1 }")))
        .containsExactly("s.conf:4: sweeps.a: must be an object: a { ... }");
  }

  @Test
  void noiseIsReadAsTheContractWritesIt() {
    assertThat(
            sweep("corruption = noise { label = subject, factor = 2.5, samples = 4, seed = -7 }"))
        .extracting(SweepConfig::corruption)
        .isEqualTo(new Corruption.Noise("subject", 2.5, 4, -7));
    assertThat(sweep("corruption = noise { label = subject }").corruption())
        .isEqualTo(new Corruption.Noise("subject", 3, 10, 1));
    assertThat(
            read(SMALLEST, Optional.empty(), "sweep.corruption=noise { label = subject.last }")
                .sweeps()
                .get(0)
                .corruption())
        .isEqualTo(new Corruption.Noise("subject.last", 3, 10, 1));
  }

  @Test
  void wrongNoiseIsAProblemAtItsLine() {
    assertThat(
            problems(
                SMALLEST
                    + """
                    sweep.corruption = noise {
                      label = subject, factor = 0
                      samples = 0, seed = 1.5, sigma = 3
                    }
                    """))
        .containsExactlyInAnyOrder(
            "s.conf:6: sweep.corruption.factor: '0' is not a number above 0",
            "s.conf:7: sweep.corruption.samples: '0' is not a whole number from 1",
            "s.conf:7: sweep.corruption.seed: '1.5' is not a whole number",
            "s.conf:7: sweep.corruption.sigma: unknown key: sweep.corruption has kind, label,"
                + " factor, samples, seed");
    assertThat(problems(SMALLEST + "sweep.corruption = noise { factor = 3 }"))
        .containsExactly(
            "s.conf:5: sweep.corruption: has no label: write noise { label = subject, factor = 3 }");
  }

  @Test
  void constantsAreWrittenIntoTheCleanRun() {
    assertThat(sweep("value = zero"))
        .satisfies(sweep -> assertThat(sweep.value()).isEqualTo(PatchValue.ZERO))
        .satisfies(sweep -> assertThat(sweep.directions()).containsExactly(PatchDirection.NOISING));
    assertThat(sweep("value = mean").value()).isEqualTo(new PatchValue.Mean(MeanOver.ALL));
    assertThat(sweep("value = mean, mean-over = all-but-first").value())
        .isEqualTo(new PatchValue.Mean(MeanOver.ALL_BUT_FIRST));
    assertThat(sweep("value = mean, mean-over = label, positions { labels = [subject] }").value())
        .isEqualTo(new PatchValue.Mean(MeanOver.LABEL));
    assertThat(problems(SMALLEST + "sweep { value = zero, directions = [denoising] }"))
        .containsExactly(
            "s.conf:5: sweep.directions: value = zero is written into the clean run: use [noising],"
                + " or leave directions out");
    assertThat(problems(SMALLEST + "sweep { value = mean, mean-over = label }"))
        .containsExactly(
            "s.conf:5: sweep.mean-over: label needs the label that is patched: positions = { labels"
                + " = [subject] }");
    assertThat(problems(SMALLEST + "sweep { mean-over = all }"))
        .containsExactly("s.conf:5: sweep.mean-over: is for value = mean: leave it out");
  }

  @Test
  void aScreenIsReadWithItsDefaults() {
    String metrics = SMALLEST + "metrics = [kl, answer_rank, logit_diff]\n";
    assertThat(screen(metrics + "sweep { screen {} }"))
        .isEqualTo(
            new ScreenConfig(
                new Amount.Share(0.05),
                new Amount.Share(0.05),
                Metric.KL,
                PatchValue.Attribution.AT_TARGET,
                1));
    // At the clean run the gradient of kl vanishes.
    assertThat(screen(metrics + "sweep { directions = [noising], screen {} }").metric())
        .isEqualTo(Metric.LOGIT_DIFF);
    assertThat(
            screen(
                metrics
                    + "sweep { screen { top = 20, sample = 2.5%, metric = logit_diff, steps = 5, seed = 7 } }"))
        .isEqualTo(
            new ScreenConfig(
                new Amount.Count(20), new Amount.Share(0.025), Metric.LOGIT_DIFF, 5, 7));
  }

  private static ScreenConfig screen(String text) {
    StudyConfig study = read(text);
    assertThat(read(study.render())).isEqualTo(study);
    return study.sweeps().get(0).screen().orElseThrow();
  }

  @Test
  void aScreenThatCannotBeIsRefused() {
    assertThat(problems(SMALLEST + "sweep { value = zero, screen {} }"))
        .containsExactly(
            "s.conf:5: sweep.screen: is for patches between two prompts: leave it out, or else value,"
                + " receivers and noise");
    assertThat(problems(SMALLEST + "sweep { screen { top = 0, sample = many, metrics = [l2] } }"))
        .containsExactlyInAnyOrder(
            "s.conf:5: sweep.screen.metrics: unknown key: did you mean 'metric'?",
            "s.conf:5: sweep.screen.top: '0' is neither a share like 5% nor a whole number from 1",
            "s.conf:5: sweep.screen.sample: 'many' is neither a share like 5% nor a whole number from 1");
    assertThat(problems(SMALLEST + "sweep { directions = [noising], screen {} }"))
        .containsExactly(
            "s.conf:5: sweep.screen: needs one of the study's metrics that has estimates in each"
                + " direction, such as logit_diff: metrics lists none");
    assertThat(problems(SMALLEST + "sweep { screen { metric = kl } }"))
        .containsExactly(
            "s.conf:5: sweep.screen: needs one of the study's metrics that has estimates in each"
                + " direction, such as logit_diff: 'kl' is not one of l2");
    assertThat(
            problems(
                SMALLEST.replace("sweep {}\n", "") + "sweeps { a { screen {} }, \"a.sample\" {} }"))
        .containsExactly(
            "s.conf:4: sweeps.\"a.sample\": sweep 'a' is screened, and its rows take this name:"
                + " choose another");
  }

  @Test
  void attributionIsOfPatchesBetweenTwoPrompts() {
    assertThat(sweep("value = attribution").value())
        .isEqualTo(new PatchValue.Attribution(PatchValue.Attribution.AT_TARGET));
    assertThat(sweep("value = attribution, steps = 5").value())
        .isEqualTo(new PatchValue.Attribution(5));
    assertThat(problems(SMALLEST + "sweep { steps = 5 }"))
        .containsExactly("s.conf:5: sweep.steps: is for value = attribution: leave it out");
    assertThat(problems(SMALLEST + "sweep { value = attribution, receivers = [final] }"))
        .containsExactly(
            "s.conf:5: sweep.value: attribution is for patches between two prompts: leave out"
                + " receivers and noise");
  }

  @Test
  void setsAndPathsAreRead() {
    SweepConfig sets =
        sweep("sets { name-movers = [\"self_attn.z@9.9\", \"self_attn.z@9.6\"], one = \"mlp@3\" }");
    assertThat(sets.components()).isEmpty();
    assertThat(sets.sets().parts()).containsExactly(JointSite.Part.SET, JointSite.Part.COMPLEMENT);
    assertThat(sets.sets().places())
        .containsExactly(
            Map.entry("name-movers", List.of("self_attn.z@9.9", "self_attn.z@9.6")),
            Map.entry("one", List.of("mlp@3")));
    SweepConfig paths = sweep("components = [mlp], receivers = [final, \"self_attn.q_proj@5.2\"]");
    assertThat(paths.paths())
        .isEqualTo(new PathsConfig(List.of("final", "self_attn.q_proj@5.2"), PathFreeze.HEADS));
  }

  @Test
  void keysThatWouldMeanNothingAreProblems() {
    assertThat(
            problems(
                SMALLEST
                    + """
                    sweep {
                      sets { a = [mlp] }
                      layers = 3
                      parts = [set, all]
                    }
                    """))
        .containsExactlyInAnyOrder(
            "s.conf:7: sweep.layers: has no meaning for sets: give components too, or leave it out",
            "s.conf:8: sweep.parts: 'all' is not one of set, complement");
    assertThat(problems(SMALLEST + "sweep { receivers = [final], window = 2, sets { a = mlp } }"))
        .containsExactlyInAnyOrder(
            "s.conf:5: sweep.window: has no meaning for paths, which are of whole runs: leave it out",
            "s.conf:5: sweep.sets: has no meaning for paths, which are of whole runs: leave it out");
    assertThat(problems(SMALLEST + "sweep { freeze = heads, parts = [set] }"))
        .containsExactlyInAnyOrder(
            "s.conf:5: sweep.freeze: is for sweeps of paths, and this one has no receivers: leave it out",
            "s.conf:5: sweep.parts: is for sweeps with sets, and this one has none: leave it out");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "corruption = noise { label = subject, factor = 2.5, samples = 4, seed = -7 }",
        "value = mean, mean-over = all-but-first, components = [mlp]",
        "sets { a = [\"mlp@3\"] }, parts = [complement], positions = each",
        "components = [mlp], layers = 0, sets { \"a b\" = [\"mlp@3\"] }",
        "components = [mlp], receivers = [final], freeze = heads-and-mlps",
        "value = attribution",
        "value = attribution, steps = 5, directions = [denoising, noising]",
        "screen {}",
        "screen { top = 20, sample = 10%, steps = 5, seed = -3 }",
        "components = [self_attn.pattern], heads = each, positions = last, source-positions = each"
      })
  void whatIsWrittenReadsAsTheSameSweep(String sweep) {
    StudyConfig study = read(SMALLEST + "sweep { " + sweep + " }");
    assertThat(read(study.render())).isEqualTo(study);
  }

  private static SweepConfig sweep(String text) {
    return read(SMALLEST + "sweep { " + text + " }").sweeps().get(0);
  }

  @Test
  void settingsBeatOutWhichBeatsTheFile() {
    StudyConfig study =
        read(
            CONTRACT,
            Optional.of("s3a://bucket/from-out"),
            "execution.task-seconds=5",
            "metrics=[l2,kl]",
            "sweep.layers=0-2",
            "sweep.positions={labels=[subject]}",
            "study.id=\"quoted id\"");
    assertThat(study.outputPath()).contains("s3a://bucket/from-out");
    assertThat(study.execution().taskSeconds()).isEqualTo(5);
    assertThat(study.metrics()).containsExactly(Metric.L2, Metric.KL);
    assertThat(study.sweeps().get(0).layers()).isEqualTo(new LayerSelection.Range(0, 2));
    assertThat(study.sweeps().get(0).positions())
        .containsExactly(new Positions.Labelled("subject"));
    assertThat(study.id()).isEqualTo("quoted id");
    assertThat(read(CONTRACT, Optional.of("out"), "output.path=hdfs://n:1/a", "output.path=b#c"))
        .extracting(StudyConfig::outputPath)
        .isEqualTo(Optional.of("b#c"));
  }

  @Test
  void problemsOfSettingsNameTheOption() {
    assertThat(
            problems(
                SMALLEST,
                "execution.task-second=5",
                "swep.layers=0",
                "sweep.window=0",
                "metrics=[l2,l3]"))
        .containsExactlyInAnyOrder(
            "--set execution.task-second=5: execution.task-second: unknown key: did you mean"
                + " 'task-seconds'?",
            "--set swep.layers=0: swep: unknown key: did you mean 'sweep'?",
            "--set sweep.window=0: sweep.window: '0' is not a whole number from 1",
            "--set metrics=[l2,l3]: metrics: 'l3' is not one of l2, mse, cosine, kl, logit_diff,"
                + " prob_diff, answer_prob, answer_log_prob, answer_logit, answer_rank; did you mean"
                + " 'l2'?");
    assertThat(problems(SMALLEST, "metrics", "=5"))
        .containsExactly(
            "--set metrics: write it as --set key=value", "--set =5: write it as --set key=value");
    assertThat(problems(SMALLEST, "a=5"))
        .singleElement()
        .asString()
        .startsWith("--set a=5: a: unknown key: ");
    assertThat(problems(SMALLEST, "metrics=[l2"))
        .singleElement()
        .asString()
        .startsWith("--set metrics=[l2: ");
    assertThat(problems(SMALLEST, "a..b=1"))
        .singleElement()
        .asString()
        .startsWith("--set a..b=1: ");
  }

  @Test
  void includesAreRefused() {
    assertThat(problems(SMALLEST + "include \"other.conf\"\ninclude file(\"/etc/hostname\")\n"))
        .containsExactly(
            "s.conf: include 'other.conf': a study is one file: copy what it includes",
            "s.conf: include '/etc/hostname': a study is one file: copy what it includes");
    assertThat(
            problems(
                SMALLEST
                    + "sweep { include classpath(\"x.conf\") }\n"
                    + "include url(\"http://localhost/x.conf\")"))
        .hasSize(2);
  }

  @Test
  void substitutionsAreResolvedOrRefused() {
    assertThat(read(SMALLEST + "output.path = ${PATH}"))
        .extracting(StudyConfig::outputPath)
        .isEqualTo(Optional.of(System.getenv("PATH")));
    assertThat(read(SMALLEST + "output.path = results/${study.id}").outputPath())
        .contains("results/capitals");
    assertThat(problems(SMALLEST + "output.path = ${NO_SUCH_VARIABLE_HERE}"))
        .containsExactly(
            "s.conf:5: Could not resolve substitution to a value: ${NO_SUCH_VARIABLE_HERE}");
    assertThat(
            read(SMALLEST + "output.path = ${NO_SUCH_VARIABLE_HERE}", Optional.of("out"))
                .outputPath())
        .contains("out");
  }

  @Test
  void textThatIsNotHoconIsOneLineWithItsPlace() {
    assertThat(problems("study { id = \n a\n b = [ }\n"))
        .singleElement()
        .asString()
        .matches("s\\.conf:\\d+: .+");
    assertThat(problems("{ a = 1")).hasSize(1);
  }

  @Test
  void whatIsRenderedIsReadAsTheSameStudy() {
    List<String> studies =
        List.of(
            SMALLEST,
            CONTRACT,
            SMALLEST
                + """
                study.id = "a \\"quoted\\" # id ${x}"
                sweep { layers = "1-3", positions = [3, 4], heads = [0, 2], directions = [noising, denoising] }
                execution { audit = 1e-7, task-seconds = 0.25, batch-rows = 3, engine = reference }
                """,
            """
            study.id = s, model.path = "s3a://b/m", prompts.path = "p", output.path = "hdfs://n:1/x y"
            sweeps {
              "with.dot" { positions = each, heads = each }
              b { positions { labels = ["a b", last] }, window = 3, components = [blocks.3.attn.hook_z, all] }
              c { positions = last, layers = [5] }
            }
            """);
    for (String text : studies) {
      StudyConfig study = read(text);
      assertThat(
              StudyConfigReader.read(
                  "again", study.render(), new StudyOverrides(List.of(), Optional.empty())))
          .isEqualTo(study);
      StudyConfig cut = study.resolved(Kernel.PLAIN, Distances.LOGITS, 7, 11);
      assertThat(read(cut.render())).isEqualTo(cut).isNotEqualTo(study);
      assertThat(cut.execution().pairsPerTask()).hasValue(7);
      assertThat(cut.execution().sitesPerTask()).hasValue(11);
    }
  }

  @Test
  void theRenderedStudyHasEveryDefault() {
    assertThat(read(SMALLEST).render())
        .isEqualTo(
            """
            study {
              id = "capitals"
            }
            model {
              path = "data/models/atlas-6l"
              dtype = "float32"
              device = "cpu"
            }
            prompts {
              path = "data/prompts/capitals.jsonl"
              format = auto
              on-error = skip
              require = none
              bos = tokenizer
              answer-token = one
            }
            sweep {
              directions = [denoising]
              components = ["guide"]
              layers = all
              heads = all
              positions = all
              source-positions = all
              window = 1
              corruption = prompt
              value = activation
            }
            metrics = [l2]
            execution {
              task-seconds = 30
              batch-rows = auto
              partitions = auto
              audit = 0.001
              engine = wavefront
              kernel = auto
              distances = auto
              pairs-per-task = auto
              sites-per-task = auto
            }
            """);
  }

  @Test
  void recordsRefuseWhatNoFileCanSay() {
    assertThatThrownBy(() -> new LayerSelection.Range(3, 2)).hasMessage("Invalid layers: 3-2");
    assertThatThrownBy(() -> new HeadChoice.Listed(List.of())).hasMessage("Invalid heads: []");
    assertThatThrownBy(() -> read(SMALLEST).resolved(Kernel.PLAIN, Distances.LOGITS, 0, 1))
        .hasMessage("Not a positive number: 0");
    assertThatThrownBy(() -> read(SMALLEST).resolved(Kernel.PLAIN, Distances.LOGITS, 1, 0))
        .hasMessage("Not a positive number: 0");
    OptionalInt auto = OptionalInt.empty();
    OptionalInt zero = OptionalInt.of(0);
    assertThatThrownBy(() -> execution(1, zero, auto)).hasMessage("Not a positive number: 0");
    assertThatThrownBy(() -> execution(1, auto, zero)).hasMessage("Not a positive number: 0");
    assertThatThrownBy(() -> execution(0, auto, auto)).hasMessage("Invalid task seconds: 0.0");
    List<Positions> mixed = List.of(new Positions.At(1), new Positions.Labelled("subject"));
    List<Positions> all = List.of(new Positions.All());
    assertThatThrownBy(() -> sweepAt(mixed, all)).hasMessageStartingWith("Positions of several");
    assertThatThrownBy(() -> sweepAt(all, mixed)).hasMessageStartingWith("Positions of several");
  }

  private static ExecutionConfig execution(double seconds, OptionalInt rows, OptionalInt parts) {
    return new ExecutionConfig(
        seconds,
        rows,
        parts,
        0,
        Engine.WAVEFRONT,
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty());
  }

  private static SweepConfig sweepAt(List<Positions> positions, List<Positions> sources) {
    return new SweepConfig(
        "default",
        List.of(PatchDirection.DENOISING),
        List.of("guide"),
        new LayerSelection.All(),
        positions,
        sources,
        new HeadChoice.All(),
        1,
        SetsConfig.NONE,
        PathsConfig.NONE,
        Corruption.PROMPT,
        PatchValue.ACTIVATION,
        Optional.empty());
  }

  private static StudyConfig read(String text, String... settings) {
    return read(text, Optional.empty(), settings);
  }

  private static StudyConfig read(String text, Optional<String> out, String... settings) {
    return StudyConfigReader.read("s.conf", text, StudyOverrides.of(List.of(settings), out));
  }

  private static List<String> problems(String text, String... settings) {
    PatchgridException e =
        catchThrowableOfType(PatchgridException.class, () -> read(text, settings));
    assertThat(e).as("a problem in %s", text).isNotNull();
    return String.valueOf(e.getMessage()).lines().toList();
  }
}
