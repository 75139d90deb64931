package org.patchgrid.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.patchgrid.results.StudyFiles;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;
import org.patchgrid.study.RecoveryError;

/**
 * What the manifest tells of a study.
 *
 * @param studyText {@code study.conf}
 * @param model path as the study has it
 * @param prompts path as the study has it
 * @param metrics in the study's order
 * @param labels by sweep, in the order in which the sweep names them, which is the reader's
 * @param sweepsOfAllLayers those that patch at every layer of the model
 * @param tasks in all; empty if no run has said so
 * @param quarantined tasks that were given up and are not done, with the reason
 * @param recoveryErrors of a study in bfloat16: what audits found, by metric
 */
public record StudyFacts(
    String studyId,
    String fingerprint,
    Map<String, String> fingerprintParts,
    Map<String, String> versions,
    String studyText,
    String model,
    String dtype,
    String prompts,
    List<String> metrics,
    Map<String, List<String>> labels,
    Set<String> sweepsOfAllLayers,
    OptionalInt tasks,
    int tasksDone,
    long cells,
    long failedCells,
    long auditedCells,
    Map<Integer, String> quarantined,
    Map<String, RecoveryError> recoveryErrors,
    List<Run> runs) {
  private static final String SIMULATED = "simulated:";

  /** What the tables call the sweep of a study that has only one. */
  private static final String ONLY_SWEEP = "default";

  private static final String LABELS = "positions.labels";

  public StudyFacts {
    fingerprintParts = Collections.unmodifiableMap(new TreeMap<>(fingerprintParts));
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
    metrics = List.copyOf(metrics);
    labels = Map.copyOf(labels);
    sweepsOfAllLayers = Collections.unmodifiableSet(new TreeSet<>(sweepsOfAllLayers));
    quarantined = Collections.unmodifiableMap(new TreeMap<>(quarantined));
    recoveryErrors = Collections.unmodifiableMap(new TreeMap<>(recoveryErrors));
    runs = List.copyOf(runs);
  }

  /**
   * One driver's run.
   *
   * @param outcome empty while it runs, and for ever if it was killed
   */
  public record Run(
      String startedAt, Map<String, String> details, Optional<String> outcome, String endedAt) {}

  /** Whether the numbers were made up, and say nothing of a model. */
  public boolean simulated() {
    return studyId.startsWith(SIMULATED);
  }

  public static StudyFacts read(StudyFiles files) {
    JsonNode identity = files.study().path("identity");
    String text = identity.path("studyText").asText();
    Config study = parse(text, files);
    Map<String, Config> sweeps = sweeps(study);
    Tally tally = new Tally();
    files.manifest().forEach(tally::add);
    return new StudyFacts(
        identity.path("studyId").asText(),
        identity.path("fingerprint").asText(),
        texts(identity.path("fingerprintParts")),
        texts(identity.path("versions")),
        text,
        value(study, "model.path"),
        value(study, "model.dtype"),
        value(study, "prompts.path"),
        study.hasPath("metrics") ? study.getStringList("metrics") : List.of(),
        labels(sweeps),
        sweepsOfAllLayers(sweeps),
        tally.tasks,
        tally.done.size(),
        tally.cells,
        tally.failedCells,
        tally.auditedCells,
        tally.givenUp(),
        tally.errors,
        List.copyOf(tally.runs.values()));
  }

  private static Config parse(String text, StudyFiles files) {
    try {
      return ConfigFactory.parseString(text);
    } catch (ConfigException e) {
      throw new PatchgridException(
          "Cannot read the study in '" + files.directory() + "': " + Reason.of(e), e);
    }
  }

  private static Map<String, Config> sweeps(Config study) {
    Map<String, Config> sweeps = new TreeMap<>();
    if (study.hasPath("sweep")) {
      sweeps.put(ONLY_SWEEP, study.getConfig("sweep"));
    }
    if (study.hasPath("sweeps")) {
      ConfigObject named = study.getObject("sweeps");
      named
          .keySet()
          .forEach(name -> sweeps.put(name, named.toConfig().getConfig(ConfigUtil.joinPath(name))));
    }
    return sweeps;
  }

  /** A screen keeps some places, and so maybe some layers alone. */
  private static Set<String> sweepsOfAllLayers(Map<String, Config> sweeps) {
    Set<String> names = new TreeSet<>();
    sweeps.forEach(
        (name, sweep) -> {
          boolean all =
              !sweep.hasPath("layers") || sweep.getValue("layers").unwrapped().equals("all");
          if (all && !sweep.hasPath("screen")) {
            names.add(name);
          }
        });
    return names;
  }

  private static Map<String, List<String>> labels(Map<String, Config> sweeps) {
    Map<String, List<String>> labels = new TreeMap<>();
    sweeps.forEach(
        (name, sweep) -> {
          if (sweep.hasPath(LABELS)) {
            labels.put(name, sweep.getStringList(LABELS));
          }
        });
    return labels;
  }

  private static String value(Config study, String path) {
    return study.hasPath(path) ? study.getString(path) : "";
  }

  private static Map<String, String> texts(JsonNode node) {
    Map<String, String> texts = new TreeMap<>();
    node.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }

  /** The union of manifest entries; a task that several list counts once. */
  private static final class Tally {
    private final Set<Integer> done = new TreeSet<>();
    private final Map<Integer, String> quarantined = new TreeMap<>();
    private final Map<String, RecoveryError> errors = new TreeMap<>();
    private final Map<String, Run> runs = new LinkedHashMap<>();
    private OptionalInt tasks = OptionalInt.empty();
    private long cells;
    private long failedCells;
    private long auditedCells;

    private void add(JsonNode entry) {
      switch (entry.path("event").asText()) {
        case "run-started" -> start(entry);
        case "run-finished" -> finish(entry);
        case "task-committed" -> commit(entry);
        case "task-quarantined" ->
            quarantined.put(entry.path("task").asInt(), entry.path("reason").asText());
        default -> {
          // Of no interest here: model loads, and what later versions will tell.
        }
      }
    }

    private void start(JsonNode entry) {
      Map<String, String> details = texts(entry.path("details"));
      runs.put(
          entry.path("run").asText(),
          new Run(entry.path("at").asText(), details, Optional.empty(), ""));
      String all = details.getOrDefault("tasks", "");
      if (tasks.isEmpty() && !all.isEmpty()) {
        tasks = OptionalInt.of(Integer.parseInt(all));
      }
    }

    private void finish(JsonNode entry) {
      runs.computeIfPresent(
          entry.path("run").asText(),
          (id, run) ->
              new Run(
                  run.startedAt(),
                  run.details(),
                  Optional.of(entry.path("outcome").asText()),
                  entry.path("at").asText()));
    }

    private void commit(JsonNode entry) {
      if (!done.add(entry.path("task").asInt())) {
        return;
      }
      JsonNode counts = entry.path("counts");
      cells += counts.path("cells").asLong();
      failedCells += counts.path("failedCells").asLong();
      auditedCells += counts.path("auditedCells").asLong();
      counts
          .path("recoveryErrors")
          .properties()
          .forEach(
              error ->
                  errors.merge(
                      error.getKey(),
                      new RecoveryError(
                          error.getValue().path("rows").asLong(),
                          error.getValue().path("mean").asDouble(),
                          error.getValue().path("largest").asDouble()),
                      RecoveryError::plus));
    }

    private Map<Integer, String> givenUp() {
      Map<Integer, String> left = new TreeMap<>(quarantined);
      left.keySet().removeAll(done);
      return left;
    }
  }
}
