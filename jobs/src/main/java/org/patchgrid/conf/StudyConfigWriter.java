package org.patchgrid.conf;

import com.typesafe.config.ConfigUtil;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.Positions;

/** Writes a study as HOCON that any reader takes, in one fixed order and form. */
final class StudyConfigWriter {
  private final StringBuilder text = new StringBuilder();
  private int depth;

  private StudyConfigWriter() {}

  static String write(StudyConfig study) {
    StudyConfigWriter writer = new StudyConfigWriter();
    writer.study(study);
    return writer.text.toString();
  }

  private void study(StudyConfig study) {
    open("study");
    put("id", quoted(study.id()));
    close();
    open("model");
    put("path", quoted(study.model().path()));
    put("dtype", quoted(study.model().dtype().label()));
    put("device", quoted(study.model().device().label()));
    close();
    prompts(study.prompts());
    sweeps(study.sweeps());
    put("metrics", list(study.metrics(), Metric::label));
    execution(study.execution());
    study.outputPath().ifPresent(this::output);
  }

  private void prompts(PromptsConfig prompts) {
    open("prompts");
    put("path", quoted(prompts.path()));
    put("format", choiceOrAuto(prompts.format().format()));
    prompts.format().counterfactual().ifPresent(name -> put("counterfactual", quoted(name)));
    put("on-error", choice(prompts.onError()));
    put("require", choice(prompts.require()));
    put("bos", choice(prompts.bos()));
    put("answer-token", choice(prompts.answerToken()));
    close();
  }

  private void sweeps(List<SweepConfig> sweeps) {
    if (sweeps.size() == 1 && sweeps.get(0).name().equals(SweepConfig.DEFAULT_NAME)) {
      sweep("sweep", sweeps.get(0));
      return;
    }
    open("sweeps");
    sweeps.forEach(sweep -> sweep(quoted(sweep.name()), sweep));
    close();
  }

  private void sweep(String key, SweepConfig sweep) {
    open(key);
    put("directions", list(sweep.directions(), PatchDirection::label));
    boolean hasComponents = !sweep.components().isEmpty();
    boolean hasPaths = !sweep.paths().isEmpty();
    if (hasComponents) {
      put("components", list(sweep.components(), StudyConfigWriter::quoted));
      put("layers", layers(sweep.layers()));
      put("heads", sweep.heads().toString());
    }
    if (!hasPaths) {
      put("positions", positions(sweep.positions()));
    }
    if (hasComponents && !hasPaths) {
      put("source-positions", positions(sweep.sourcePositions()));
      put("window", Integer.toString(sweep.window()));
    }
    sets(sweep.sets());
    paths(sweep.paths());
    put("corruption", corruption(sweep.corruption()));
    put("value", sweep.value().kind().label());
    if (sweep.value() instanceof PatchValue.Mean mean) {
      put("mean-over", mean.over().label());
    }
    if (sweep.value() instanceof PatchValue.Attribution attribution
        && attribution.steps() != PatchValue.Attribution.AT_TARGET) {
      put("steps", Integer.toString(attribution.steps()));
    }
    sweep.screen().ifPresent(this::screen);
    close();
  }

  private void screen(ScreenConfig screen) {
    open("screen");
    put("top", screen.top().toString());
    put("sample", screen.sample().toString());
    put("metric", screen.metric().label());
    if (screen.steps() != PatchValue.Attribution.AT_TARGET) {
      put("steps", Integer.toString(screen.steps()));
    }
    put("seed", Long.toString(screen.seed()));
    close();
  }

  private static String layers(LayerSelection layers) {
    String text = layers.toString();
    return layers instanceof LayerSelection.Range ? quoted(text) : text;
  }

  private void sets(SetsConfig sets) {
    if (sets.isEmpty()) {
      return;
    }
    open("sets");
    sets.places()
        .forEach((name, places) -> put(quoted(name), list(places, StudyConfigWriter::quoted)));
    close();
    put("parts", list(sets.parts(), StudyConfigWriter::choice));
  }

  private void paths(PathsConfig paths) {
    if (!paths.isEmpty()) {
      put("receivers", list(paths.receivers(), StudyConfigWriter::quoted));
      put("freeze", choice(paths.freeze()));
    }
  }

  private static String corruption(Corruption corruption) {
    return corruption instanceof Corruption.Noise noise
        ? "{ kind = noise, label = %s, factor = %s, samples = %d, seed = %d }"
            .formatted(quoted(noise.label()), number(noise.factor()), noise.samples(), noise.seed())
        : corruption.kind().label();
  }

  private static String positions(List<Positions> positions) {
    Positions first = positions.get(0);
    if (first instanceof Positions.All) {
      return "all";
    }
    if (first instanceof Positions.Each) {
      return "each";
    }
    if (first instanceof Positions.Last) {
      return "last";
    }
    if (first instanceof Positions.At) {
      return list(positions, p -> Integer.toString(((Positions.At) p).position()));
    }
    return "{ labels = " + list(positions, p -> quoted(((Positions.Labelled) p).label())) + " }";
  }

  private void execution(ExecutionConfig execution) {
    open("execution");
    put("task-seconds", number(execution.taskSeconds()));
    put("batch-rows", numberOrAuto(execution.batchRows()));
    put("partitions", numberOrAuto(execution.partitions()));
    put("audit", number(execution.audit()));
    put("engine", choice(execution.engine()));
    put("kernel", choiceOrAuto(execution.kernel()));
    put("distances", choiceOrAuto(execution.distances()));
    put("pairs-per-task", numberOrAuto(execution.pairsPerTask()));
    put("sites-per-task", numberOrAuto(execution.sitesPerTask()));
    close();
  }

  private void output(String path) {
    open("output");
    put("path", quoted(path));
    close();
  }

  private void open(String key) {
    indent().append(key).append(" {\n");
    depth++;
  }

  private void close() {
    depth--;
    indent().append("}\n");
  }

  private void put(String key, String value) {
    indent().append(key).append(" = ").append(value).append('\n');
  }

  private StringBuilder indent() {
    return text.append("  ".repeat(depth));
  }

  private static String quoted(String value) {
    return ConfigUtil.quoteString(value);
  }

  static String choice(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String choiceOrAuto(Optional<? extends Enum<?>> value) {
    return value.map(StudyConfigWriter::choice).orElse("auto");
  }

  private static String number(double value) {
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }

  private static String numberOrAuto(OptionalInt number) {
    return number.isPresent() ? Integer.toString(number.getAsInt()) : "auto";
  }

  private static <T> String list(List<T> values, Function<T, String> form) {
    return values.stream().map(form).collect(Collectors.joining(", ", "[", "]"));
  }
}
