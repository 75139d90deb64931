package org.patchgrid.plan;

import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.patchgrid.conf.ExecutionConfig;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.SweepConfig;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.CellSelection;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.Distances;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.JointSite;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.PathSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.Sha256;
import org.patchgrid.study.Site;
import org.patchgrid.study.StatisticsNeeded;
import org.patchgrid.study.SweepSite;

/**
 * Everything that can change a byte of {@code cells}, and nothing else: results with equal
 * fingerprints belong together. The one exception is the kind of processor, by which kernels choose
 * their code and which can change the last bits: a study may go on where the machines are others,
 * and so it is told of each task in the manifest instead.
 *
 * <p>In it: model, tokenizer and prompts by content, code version and kernels as given; {@code
 * study.id} (a column); dtype and device; {@code require}, {@code bos} and {@code answer-token};
 * the sites in the plan's order (so an alias and its role name are the same); each sweep's
 * corruption and value; the metrics in any order (rows are sorted); {@code batch-rows} and {@code
 * engine}, which decide what is computed together, where the kernel's bits depend on that; the cut,
 * which decides what is in which file.
 *
 * <p>Not in it: paths of model, prompts and output; {@code on-error} and {@code audit}, which may
 * stop a study but change no row; {@code partitions}; {@code task-seconds}, of which only the
 * resulting cut matters.
 *
 * @param text a line {@code name=value} for each part, in a fixed order
 */
public record Fingerprint(String text) {

  /**
   * What the study file cannot say.
   *
   * @param model of configuration and weights
   * @param tokenizer hash of the tokenizer's files
   * @param prompts hash of the prompt file's content
   * @param code version of the code that computes
   * @param kernel which numerical kernels it uses
   * @param kernelLibrary what gives their bits: library, version and flavour
   */
  public record Sources(
      String model,
      String tokenizer,
      String prompts,
      String code,
      Kernel kernel,
      String kernelLibrary) {}

  /**
   * The fingerprint of a planned study.
   *
   * @param study as it was planned
   */
  public static Fingerprint of(StudyConfig study, StudyPlan plan, Sources sources) {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("model", sources.model());
    parts.put("tokenizer", sources.tokenizer());
    parts.put("prompts", sources.prompts());
    parts.put("code", sources.code());
    parts.put("kernel", sources.kernelLibrary());
    parts.put("study.id", study.id());
    parts.put("model.dtype", study.model().dtype().label());
    parts.put("model.device", study.model().device().label());
    parts.put("prompts.require", study.prompts().require().name());
    parts.put("prompts.bos", study.prompts().bos().name());
    parts.put("prompts.answer-token", study.prompts().answerToken().name());
    for (SweepConfig sweep : study.sweeps()) {
      parts.put(
          "sweep " + TextNode.valueOf(sweep.name()),
          canonical(sweep.corruption()) + "/" + canonical(sweep.value()));
    }
    parts.put("sites", plan.sites().size() + " sha256:" + sha256(canonical(plan.sites())));
    StatisticsNeeded needed = plan.statisticsNeeded();
    if (!needed.isEmpty()) {
      parts.put(
          StatisticsNeeded.FINGERPRINT_PART, needed.means().size() + " " + needed.noiseLabels());
    }
    for (Screening screening : plan.screenings()) {
      parts.put(
          CellSelection.FINGERPRINT_PART + TextNode.valueOf(screening.sweep()),
          "%s %s sample %d seed %d"
              .formatted(
                  screening.top(),
                  screening.metric().label(),
                  screening.sample().size(),
                  screening.sample().seed()));
    }
    parts.put(
        "metrics",
        study.metrics().stream().map(Metric::label).sorted().collect(Collectors.joining(",")));
    if (plan.distances() == Distances.FACTOR
        && study.metrics().stream().anyMatch(Metric::isDistance)) {
      parts.put("execution.distances", plan.distances().name());
    }
    ExecutionConfig execution = study.execution();
    if (!sources.kernel().keepsRows()) {
      parts.put("execution.batch-rows", numberOrAuto(execution.batchRows()));
      parts.put("execution.engine", execution.engine().name());
    }
    parts.put("execution.pairs-per-task", Integer.toString(plan.pairsPerTask()));
    parts.put("execution.sites-per-task", Integer.toString(plan.sitesPerTask()));
    return new Fingerprint(
        parts.entrySet().stream()
            .map(part -> part.getKey() + "=" + TextNode.valueOf(part.getValue()))
            .collect(Collectors.joining("\n", "", "\n")));
  }

  /** 64 hexadecimal digits. */
  public String sha256() {
    return sha256(text);
  }

  /** The parts by name, quoted. */
  public Map<String, String> named() {
    return Arrays.stream(text.split("\n", -1))
        .filter(line -> line.contains("="))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.lastIndexOf("=\"")),
                line -> line.substring(line.lastIndexOf("=\"") + 1)));
  }

  private static String canonical(Corruption corruption) {
    return corruption instanceof Corruption.Noise noise
        ? "NOISE %s %s %d %d"
            .formatted(noise.label(), noise.factor(), noise.samples(), noise.seed())
        : "PROMPT";
  }

  private static String canonical(PatchValue value) {
    if (value instanceof PatchValue.Mean mean) {
      return "MEAN " + mean.over().label();
    }
    return value instanceof PatchValue.Attribution attribution
        ? "ATTRIBUTION " + attribution.steps()
        : value.kind().name();
  }

  /** One line a site. Spelled out here, so that renaming a record changes no fingerprint. */
  private static String canonical(List<SweepSite> sites) {
    StringBuilder text = new StringBuilder();
    for (SweepSite sweepSite : sites) {
      List<String> parts = new ArrayList<>();
      parts.add(TextNode.valueOf(sweepSite.sweep()).toString());
      parts.add(sweepSite.direction().label());
      parts.addAll(canonical(sweepSite.site()));
      text.append(String.join(" ", parts)).append('\n');
    }
    return text.toString();
  }

  private static List<String> canonical(Site site) {
    List<String> parts = new ArrayList<>();
    if (site instanceof PathSite path) {
      parts.addAll(List.of("path", path.sender().toString(), path.receiver().label()));
      parts.add(path.freeze().label());
      return parts;
    }
    if (site instanceof JointSite joint) {
      parts.add(TextNode.valueOf(joint.componentName()).toString());
      joint.places().forEach(place -> parts.add(place.toString()));
      parts.add(canonical(joint.positions()));
      return parts;
    }
    PatchSite patch = (PatchSite) site;
    parts.add(patch.component().roleName());
    parts.add(Integer.toString(patch.layer()));
    parts.add(Integer.toString(patch.window()));
    parts.add(
        patch.heads() instanceof HeadSelection.One one ? Integer.toString(one.head()) : "all");
    parts.add(canonical(patch.positions()));
    if (!(patch.sourcePositions() instanceof Positions.All)) {
      parts.add(canonical(patch.sourcePositions()));
    }
    return parts;
  }

  private static String canonical(Positions positions) {
    if (positions instanceof Positions.At at) {
      return Integer.toString(at.position());
    }
    if (positions instanceof Positions.Labelled labelled) {
      return TextNode.valueOf(labelled.label()).toString();
    }
    if (positions instanceof Positions.AnyLabelled any) {
      return any.labels().stream()
          .map(label -> TextNode.valueOf(label).toString())
          .collect(Collectors.joining("|"));
    }
    if (positions instanceof Positions.Each) {
      return "each";
    }
    return positions instanceof Positions.Last ? "last" : "all";
  }

  private static String numberOrAuto(OptionalInt number) {
    return number.isPresent() ? Integer.toString(number.getAsInt()) : "auto";
  }

  private static String sha256(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
