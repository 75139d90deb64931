package org.patchgrid.conf;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.Device;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Engine;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.RequiredPrediction;

/**
 * Reads a study file (contract, section 5): HOCON in which unknown keys are refused, {@code
 * include} is refused, <code>${NAME}</code> means another key or a variable of the environment, and
 * {@code null} means that the key is left out.
 *
 * <p>{@code study.id}, {@code model.path}, {@code prompts.path} and {@code sweep} (or {@code
 * sweeps}) must be there. The sweep of {@code sweep} is named {@value SweepConfig#DEFAULT_NAME}.
 */
public final class StudyConfigReader {
  private static final List<String> ROOT_KEYS =
      List.of("study", "model", "prompts", "sweep", "sweeps", "metrics", "execution", "output");
  private static final List<String> STUDY_KEYS = List.of("id");
  private static final List<String> MODEL_KEYS = List.of("path", "dtype", "device");
  private static final List<String> PROMPTS_KEYS =
      List.of("path", "format", "counterfactual", "on-error", "require", "bos", "answer-token");
  private static final List<String> EXECUTION_KEYS =
      List.of(
          "task-seconds",
          "batch-rows",
          "partitions",
          "audit",
          "engine",
          "kernel",
          "distances",
          "pairs-per-task",
          "sites-per-task");
  private static final List<String> OUTPUT_KEYS = List.of("path");

  /** The contract's {@code noise { ... }} is a text before an object, which HOCON cannot join. */
  private static final Pattern NOISE =
      Pattern.compile("(?<before>\\bcorruption\"?\\s*[=:]\\s*)noise\\s*\\{");

  /** HOCON's parser is recursive, knows no limit, and has nothing to close. */
  private static final String TOO_DEEP =
      "objects, lists or references are too deep in each other: a study has some five levels";

  private final String file;
  private final Problems problems = new Problems();

  private StudyConfigReader(String file) {
    this.file = file;
  }

  /**
   * Reads a study.
   *
   * @param file how messages call the study, usually its path
   * @param text the study file's content
   * @throws PatchgridException with one line a problem: file and line (or option), key, what is
   *     wrong, how to mend it
   */
  public static StudyConfig read(String file, String text, StudyOverrides overrides) {
    return new StudyConfigReader(file).read(text, overrides);
  }

  private StudyConfig read(String text, StudyOverrides overrides) {
    Config config = resolved(text, overrides);
    StudySection root = StudySection.root(file, config.root(), problems);
    root.refuseUnknownKeys(ROOT_KEYS);
    ModelConfig model = model(root.section("model"));
    List<Metric> metrics =
        root.choices("metrics", Metric.class, Metric::label, StudyConfig.DEFAULT_METRICS);
    StudyConfig study =
        new StudyConfig(
            id(root.section("study")),
            model,
            prompts(root.section("prompts")),
            sweeps(root, metrics),
            metrics,
            execution(root.section("execution"), model),
            output(root.section("output")));
    problems.throwIfAny();
    return study;
  }

  private Config resolved(String text, StudyOverrides overrides) {
    Config config = parsed(text, file);
    if (overrides.out().isPresent()) {
      String path = ConfigUtil.quoteString(overrides.out().get());
      config = parsed("output.path = " + path, "--out").withFallback(config);
    }
    for (StudyOverrides.Setting setting : overrides.settings()) {
      config = setting(setting).withFallback(config);
    }
    problems.throwIfAny();
    try {
      return config.resolve();
    } catch (ConfigException e) {
      addProblem(e);
      problems.throwIfAny();
      throw e;
    } catch (StackOverflowError e) {
      throw new PatchgridException(file + ": " + TOO_DEEP, e);
    }
  }

  private Config setting(StudyOverrides.Setting setting) {
    String assignment = setting.assignment();
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      problems.add(setting.option() + ": write it as --set key=value");
      return ConfigFactory.empty();
    }
    String key = assignment.substring(0, equals).strip();
    String value = assignment.substring(equals + 1).strip();
    String hocon = key + " = " + value;
    boolean isHocon =
        value.startsWith("[")
            || value.startsWith("{")
            || value.startsWith("\"")
            || NOISE.matcher(hocon).find();
    return parsed(isHocon ? hocon : key + " = " + ConfigUtil.quoteString(value), setting.option());
  }

  private Config parsed(String text, String description) {
    RefusedIncludes includes = new RefusedIncludes();
    ConfigParseOptions options =
        ConfigParseOptions.defaults()
            .setSyntax(ConfigSyntax.CONF)
            .setOriginDescription(description)
            .setIncluder(includes);
    Config config = ConfigFactory.empty();
    try {
      config = ConfigFactory.parseString(withNoiseAsObject(text), options);
    } catch (ConfigException e) {
      addProblem(e);
    } catch (StackOverflowError e) {
      throw new PatchgridException(description + ": " + TOO_DEEP, e);
    }
    for (String included : includes.names()) {
      problems.add(
          description + ": include '" + included + "': a study is one file: copy what it includes");
    }
    return config;
  }

  /** On the same lines, so that messages name the right ones. */
  private static String withNoiseAsObject(String text) {
    return NOISE.matcher(text).replaceAll("${before}{ kind = noise, ");
  }

  /** A problem of HOCON itself: its message begins with its own spelling of the place. */
  private void addProblem(ConfigException e) {
    String message = String.valueOf(e.getMessage());
    ConfigOrigin origin = e.origin();
    if (origin == null) {
      problems.add(file + ": " + message);
      return;
    }
    String prefix = origin.description() + ": ";
    String what = message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    problems.add(StudySection.where(file, origin) + ": " + what);
  }

  private static String id(StudySection study) {
    study.refuseUnknownKeys(STUDY_KEYS);
    return study.requiredText("id", "capitals");
  }

  private static ModelConfig model(StudySection model) {
    model.refuseUnknownKeys(MODEL_KEYS);
    return new ModelConfig(
        model.requiredText("path", "data/models/atlas-6l"),
        model.choice("dtype", Dtype.class, ModelConfig.DEFAULT_DTYPE),
        model.choice("device", Device.class, ModelConfig.DEFAULT_DEVICE));
  }

  private static PromptsConfig prompts(StudySection prompts) {
    prompts.refuseUnknownKeys(PROMPTS_KEYS);
    return new PromptsConfig(
        prompts.requiredText("path", "data/prompts/capitals.jsonl"),
        new FormatChoice(
            prompts.choiceOrAuto("format", PromptFormat.class), prompts.text("counterfactual")),
        prompts.choice("on-error", OnError.class, PromptsConfig.DEFAULT_ON_ERROR),
        prompts.choice("require", RequiredPrediction.class, PromptsConfig.DEFAULT_REQUIRE),
        prompts.choice("bos", BosPolicy.class, PromptsConfig.DEFAULT_BOS),
        prompts.choice(
            "answer-token", AnswerTokenPolicy.class, PromptsConfig.DEFAULT_ANSWER_TOKEN));
  }

  private List<SweepConfig> sweeps(StudySection root, List<Metric> metrics) {
    if (root.has("sweep") && root.has("sweeps")) {
      root.problem("sweeps", "there is a sweep too: put it into sweeps { NAME { ... } }");
    }
    List<SweepConfig> sweeps = new ArrayList<>();
    if (root.has("sweep") || !root.has("sweeps")) {
      sweeps.add(SweepReader.read(SweepConfig.DEFAULT_NAME, root.section("sweep"), metrics));
      if (!root.has("sweep")) {
        problems.add(
            file + ": sweep is missing: say what to patch, as in sweep { components = [mlp] }");
      }
      return sweeps;
    }
    StudySection named = root.section("sweeps");
    for (String name : named.names("sweep")) {
      sweeps.add(SweepReader.read(name, named.section(name), metrics));
    }
    if (sweeps.isEmpty()) {
      root.problem("sweeps", "is empty: write sweeps { NAME { components = [mlp] } }");
      sweeps.add(SweepReader.read(SweepConfig.DEFAULT_NAME, root.section("sweep"), metrics));
    }
    refuseTakenNames(named, sweeps);
    return sweeps;
  }

  /** A screened sweep's rows are in three sweeps. */
  private static void refuseTakenNames(StudySection named, List<SweepConfig> sweeps) {
    Set<String> names = sweeps.stream().map(SweepConfig::name).collect(Collectors.toSet());
    for (SweepConfig sweep : sweeps) {
      if (sweep.screen().isEmpty()) {
        continue;
      }
      for (String taken :
          List.of(ScreenConfig.estimates(sweep.name()), ScreenConfig.sampled(sweep.name()))) {
        if (names.contains(taken)) {
          named.problem(
              taken,
              "sweep '%s' is screened, and its rows take this name: choose another"
                  .formatted(sweep.name()));
        }
      }
    }
  }

  private static ExecutionConfig execution(StudySection execution, ModelConfig model) {
    execution.refuseUnknownKeys(EXECUTION_KEYS);
    Optional<Kernel> kernel = execution.choiceOrAuto("kernel", Kernel.class);
    if (kernel.isPresent() && !kernel.get().runsOn(model.device(), model.dtype())) {
      execution.problem(
          "kernel",
          "'%s' does not run on model.device = %s with model.dtype = %s: leave it out"
              .formatted(kernel.get().label(), model.device().label(), model.dtype().label()));
    }
    double audit =
        execution.number(
            "audit",
            ExecutionConfig.DEFAULT_AUDIT,
            share -> share >= 0 && share <= 1,
            "a share from 0 to 1");
    if (model.dtype() != Dtype.FLOAT32 && audit == 0) {
      execution.problem(
          "audit",
          "0 leaves the error of model.dtype = %s unknown: use a share above 0"
              .formatted(model.dtype().label()));
    }
    return new ExecutionConfig(
        execution.number(
            "task-seconds",
            ExecutionConfig.DEFAULT_TASK_SECONDS,
            seconds -> seconds > 0 && seconds <= Integer.MAX_VALUE,
            "a number of seconds above 0"),
        execution.positiveNumberOrAuto("batch-rows"),
        execution.positiveNumberOrAuto("partitions"),
        audit,
        execution.choice("engine", Engine.class, ExecutionConfig.DEFAULT_ENGINE),
        kernel,
        execution.choiceOrAuto("distances", Distances.class),
        execution.positiveNumberOrAuto("pairs-per-task"),
        execution.positiveNumberOrAuto("sites-per-task"));
  }

  private static Optional<String> output(StudySection output) {
    output.refuseUnknownKeys(OUTPUT_KEYS);
    return output.text("path");
  }
}
