package org.patchgrid.conf;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.patchgrid.attribution.AttributionMethod;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.CorruptionKind;
import org.patchgrid.study.JointSite;
import org.patchgrid.study.MeanOver;
import org.patchgrid.study.NearestName;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.PathFreeze;
import org.patchgrid.study.Positions;
import org.patchgrid.study.ValueKind;

/** Reads one sweep of a study file. */
record SweepReader(StudySection section, List<Metric> metrics) {
  private static final List<String> KEYS =
      List.of(
          "directions",
          "components",
          "layers",
          "positions",
          "source-positions",
          "heads",
          "window",
          "sets",
          "parts",
          "receivers",
          "freeze",
          "corruption",
          "value",
          "mean-over",
          "steps",
          "screen");
  private static final List<String> SCREEN_KEYS =
      List.of("top", "sample", "metric", "steps", "seed");
  private static final List<String> NOISE_KEYS =
      List.of("kind", "label", "factor", "samples", "seed");

  /** What says which components a sweep has, and means nothing of its sets. */
  private static final List<String> COMPONENT_KEYS =
      List.of("layers", "heads", "window", "source-positions");

  /** What a path does not have: it is one of whole runs. */
  private static final List<String> NO_PATH_KEYS =
      List.of("positions", "source-positions", "window", "sets");

  private static final int AT_TARGET = PatchValue.Attribution.AT_TARGET;
  private static final double DEFAULT_FACTOR = 3;
  private static final int DEFAULT_SAMPLES = 10;
  private static final int DEFAULT_SEED = 1;
  private static final Pattern RANGE = Pattern.compile("\\s*(\\d+)\\s*-\\s*(\\d+)\\s*");

  /**
   * @param metrics of the study
   */
  static SweepConfig read(String name, StudySection section, List<Metric> metrics) {
    section.refuseUnknownKeys(KEYS);
    return new SweepReader(section, metrics).sweep(name);
  }

  private SweepConfig sweep(String name) {
    PatchValue value = value();
    PathsConfig paths = paths();
    if (!paths.isEmpty()) {
      refuse(NO_PATH_KEYS, "has no meaning for paths, which are of whole runs: leave it out");
    }
    SetsConfig sets = paths.isEmpty() ? sets() : SetsConfig.NONE;
    boolean ofSetsAlone = !sets.isEmpty() && !section.has("components");
    if (ofSetsAlone) {
      refuse(COMPONENT_KEYS, "has no meaning for sets: give components too, or leave it out");
    }
    List<PatchDirection> directions = directions(value);
    return new SweepConfig(
        name,
        directions,
        ofSetsAlone
            ? List.of()
            : section.texts("components").orElse(SweepConfig.DEFAULT_COMPONENTS),
        layers(),
        positions("positions"),
        positions("source-positions"),
        heads(),
        section.positiveNumber("window", SweepConfig.DEFAULT_WINDOW),
        sets,
        paths,
        corruption(),
        value,
        screen(value, directions));
  }

  private void refuse(List<String> keys, String why) {
    keys.stream().filter(section::has).forEach(key -> section.problem(key, why));
  }

  /** Constants are written into the clean run, which is what noising is. */
  private List<PatchDirection> directions(PatchValue value) {
    boolean constant = value.kind() == ValueKind.ZERO || value.kind() == ValueKind.MEAN;
    List<PatchDirection> directions =
        section.choices(
            "directions",
            PatchDirection.class,
            PatchDirection::label,
            constant ? List.of(PatchDirection.NOISING) : SweepConfig.DEFAULT_DIRECTIONS);
    if (constant && directions.contains(PatchDirection.DENOISING)) {
      section.problem(
          "directions",
          "value = %s is written into the clean run: use [noising], or leave directions out"
              .formatted(value.kind().label()));
    }
    return directions;
  }

  private LayerSelection layers() {
    Optional<String> word = section.word("layers");
    if (word.isEmpty()) {
      return section
          .indices("layers")
          .<LayerSelection>map(LayerSelection.Listed::new)
          .orElse(SweepConfig.DEFAULT_LAYERS);
    }
    if (word.get().equals("all")) {
      return new LayerSelection.All();
    }
    Optional<LayerSelection> range = range(word.get());
    if (range.isEmpty()) {
      section.refuseWord(
          "layers",
          word.get(),
          "is not all, a range like \"0-5\" or a list like [0, 3]",
          List.of("all"));
    }
    return range.orElse(SweepConfig.DEFAULT_LAYERS);
  }

  private static Optional<LayerSelection> range(String text) {
    Matcher range = RANGE.matcher(text);
    if (!range.matches()) {
      return Optional.empty();
    }
    Optional<Integer> first = StudySection.wholeNumber(range.group(1), 0);
    Optional<Integer> last = StudySection.wholeNumber(range.group(2), 0);
    return first.isPresent() && last.isPresent() && first.get() <= last.get()
        ? Optional.of(new LayerSelection.Range(first.get(), last.get()))
        : Optional.empty();
  }

  private List<Positions> positions(String key) {
    if (section.isObject(key)) {
      return labels(key);
    }
    Optional<String> word = section.word(key);
    if (word.isEmpty()) {
      return section
          .indices(key)
          .map(numbers -> numbers.stream().<Positions>map(Positions.At::new).toList())
          .orElse(SweepConfig.DEFAULT_POSITIONS);
    }
    return switch (word.get()) {
      case "all" -> List.of(new Positions.All());
      case "each" -> List.of(new Positions.Each());
      case "last" -> List.of(new Positions.Last());
      default -> {
        section.refuseWord(
            key,
            word.get(),
            "is not all, each, last, a list like [3, 4] or { labels = [subject] }",
            List.of("all", "each", "last"));
        yield SweepConfig.DEFAULT_POSITIONS;
      }
    };
  }

  private List<Positions> labels(String key) {
    StudySection positions = section.section(key);
    positions.refuseUnknownKeys(List.of("labels"));
    if (!positions.has("labels") && positions.keys().isEmpty()) {
      section.problem(key, "has no labels: write { labels = [subject] }");
    }
    return positions
        .texts("labels")
        .map(labels -> labels.stream().<Positions>map(Positions.Labelled::new).toList())
        .orElse(SweepConfig.DEFAULT_POSITIONS);
  }

  private HeadChoice heads() {
    Optional<String> word = section.word("heads");
    if (word.isEmpty()) {
      return section
          .indices("heads")
          .<HeadChoice>map(HeadChoice.Listed::new)
          .orElse(SweepConfig.DEFAULT_HEADS);
    }
    return switch (word.get()) {
      case "all" -> new HeadChoice.All();
      case "each" -> new HeadChoice.Each();
      default -> {
        section.refuseWord(
            "heads", word.get(), "is not all, each or a list like [0, 2]", List.of("all", "each"));
        yield SweepConfig.DEFAULT_HEADS;
      }
    };
  }

  /** Sets by name; empty where the sweep has none. */
  private SetsConfig sets() {
    List<JointSite.Part> parts =
        section.choices(
            "parts", JointSite.Part.class, StudyConfigWriter::choice, SetsConfig.DEFAULT_PARTS);
    if (!section.has("sets")) {
      refuse(List.of("parts"), "is for sweeps with sets, and this one has none: leave it out");
      return SetsConfig.NONE;
    }
    StudySection named = section.section("sets");
    SortedMap<String, List<String>> sets = new TreeMap<>();
    for (String name : named.names("set")) {
      named.texts(name).ifPresent(places -> sets.put(name, places));
    }
    if (named.keys().isEmpty()) {
      section.problem("sets", "is empty: write sets { NAME = [\"self_attn.z@9.6\"] }");
    }
    return new SetsConfig(sets, parts);
  }

  private PathsConfig paths() {
    Optional<List<String>> receivers = section.texts("receivers");
    if (receivers.isEmpty()) {
      refuse(
          List.of("freeze"), "is for sweeps of paths, and this one has no receivers: leave it out");
      return PathsConfig.NONE;
    }
    return new PathsConfig(
        receivers.get(), section.choice("freeze", PathFreeze.class, PathsConfig.DEFAULT_FREEZE));
  }

  private Corruption corruption() {
    boolean isNoise =
        section.isObject("corruption")
            || section.scalar("corruption").filter("noise"::equals).isPresent();
    if (isNoise) {
      return noise(section.section("corruption"));
    }
    section.choice("corruption", CorruptionKind.class, CorruptionKind.PROMPT);
    return SweepConfig.DEFAULT_CORRUPTION;
  }

  private Corruption noise(StudySection noise) {
    noise.refuseUnknownKeys(NOISE_KEYS);
    CorruptionKind kind = noise.choice("kind", CorruptionKind.class, CorruptionKind.NOISE);
    Optional<String> label = noise.text("label");
    if (kind != CorruptionKind.NOISE || (label.isEmpty() && !noise.has("label"))) {
      section.problem("corruption", "has no label: write noise { label = subject, factor = 3 }");
    }
    return new Corruption.Noise(
        label.orElse("subject"), // without one there is a problem
        noise.number("factor", DEFAULT_FACTOR, StudySection::isPositive, "a number above 0"),
        noise.positiveNumber("samples", DEFAULT_SAMPLES),
        noise.signedNumber("seed", DEFAULT_SEED));
  }

  private PatchValue value() {
    ValueKind kind = section.choice("value", ValueKind.class, ValueKind.ACTIVATION);
    if (kind != ValueKind.MEAN) {
      refuse(List.of("mean-over"), "is for value = mean: leave it out");
    }
    if (kind != ValueKind.ATTRIBUTION) {
      refuse(List.of("steps"), "is for value = attribution: leave it out");
    } else if (section.has("receivers") || section.isObject("corruption")) {
      section.problem(
          "value", "attribution is for patches between two prompts: leave out receivers and noise");
    }
    return switch (kind) {
      case ACTIVATION -> PatchValue.ACTIVATION;
      case ZERO -> PatchValue.ZERO;
      case MEAN -> new PatchValue.Mean(meanOver());
      case ATTRIBUTION ->
          new PatchValue.Attribution(
              section.has("steps") ? section.positiveNumber("steps", 1) : AT_TARGET);
    };
  }

  private Optional<ScreenConfig> screen(PatchValue value, List<PatchDirection> directions) {
    if (!section.has("screen")) {
      return Optional.empty();
    }
    boolean estimable =
        value.kind() == ValueKind.ACTIVATION
            && !section.has("receivers")
            && !section.isObject("corruption");
    if (!estimable) {
      section.problem(
          "screen",
          "is for patches between two prompts: leave it out, or else value, receivers and noise");
      return Optional.empty();
    }
    StudySection screen = section.section("screen");
    screen.refuseUnknownKeys(SCREEN_KEYS);
    int steps = screen.has("steps") ? screen.positiveNumber("steps", 1) : AT_TARGET;
    return screeningMetric(screen, steps, directions)
        .map(
            metric ->
                new ScreenConfig(
                    amount(screen, "top"),
                    amount(screen, "sample"),
                    metric,
                    steps,
                    screen.signedNumber("seed", ScreenConfig.DEFAULT_SEED)));
  }

  private static Amount amount(StudySection screen, String key) {
    return screen
        .parsed(key, Amount::parse, "is neither a share like 5% nor a whole number from 1")
        .orElse(ScreenConfig.DEFAULT_AMOUNT);
  }

  /** The one that is named, or the study's first with estimates in all directions. */
  private Optional<Metric> screeningMetric(
      StudySection screen, int steps, List<PatchDirection> directions) {
    AttributionMethod method = new AttributionMethod(steps);
    List<Metric> estimated =
        metrics.stream()
            .filter(
                metric ->
                    directions.stream().allMatch(direction -> method.estimates(metric, direction)))
            .toList();
    Optional<String> name = screen.scalar("metric");
    Optional<Metric> metric =
        estimated.stream()
            .filter(candidate -> name.isEmpty() || candidate.label().equals(name.get()))
            .findFirst();
    if (metric.isEmpty()) {
      section.problem(
          "screen",
          "needs one of the study's metrics that has estimates in each direction, such as logit_diff: "
              + screenable(name, estimated.stream().map(Metric::label).toList()));
    }
    return metric;
  }

  private static String screenable(Optional<String> name, List<String> estimated) {
    if (estimated.isEmpty()) {
      return "metrics lists none";
    }
    return name.map(
            given -> "'%s' is not one of %s".formatted(given, NearestName.list(given, estimated)))
        .orElseThrow(); // without a name the first of them is taken
  }

  private MeanOver meanOver() {
    MeanOver over = section.choice("mean-over", MeanOver.class, SweepConfig.DEFAULT_MEAN_OVER);
    if (over == MeanOver.LABEL && !section.isObject("positions")) {
      section.problem(
          "mean-over", "label needs the label that is patched: positions = { labels = [subject] }");
    }
    return over;
  }
}
