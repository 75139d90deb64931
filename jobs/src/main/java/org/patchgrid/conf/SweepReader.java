package org.patchgrid.conf;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.Positions;

/** Reads one sweep of a study file. */
final class SweepReader {
  private static final List<String> KEYS =
      List.of(
          "directions",
          "components",
          "layers",
          "positions",
          "heads",
          "window",
          "corruption",
          "value");
  private static final Pattern RANGE = Pattern.compile("\\s*(\\d+)\\s*-\\s*(\\d+)\\s*");
  private static final Set<String> PLANNED_VALUES = Set.of("zero", "mean");

  private final StudySection section;

  private SweepReader(StudySection section) {
    this.section = section;
  }

  static SweepConfig read(String name, StudySection section) {
    section.refuseUnknownKeys(KEYS);
    return new SweepReader(section).sweep(name);
  }

  private SweepConfig sweep(String name) {
    return new SweepConfig(
        name,
        section.choices(
            "directions",
            PatchDirection.class,
            PatchDirection::label,
            SweepConfig.DEFAULT_DIRECTIONS),
        section.texts("components").orElse(SweepConfig.DEFAULT_COMPONENTS),
        layers(),
        positions(),
        heads(),
        section.positiveNumber("window", SweepConfig.DEFAULT_WINDOW),
        corruption(),
        value());
  }

  private LayerSelection layers() {
    if (!section.has("layers") || section.isList("layers")) {
      return section
          .indices("layers")
          .<LayerSelection>map(LayerSelection.Listed::new)
          .orElse(SweepConfig.DEFAULT_LAYERS);
    }
    String text = section.scalar("layers").orElse("all");
    if (text.equals("all")) {
      return new LayerSelection.All();
    }
    OptionalInt single = StudySection.wholeNumber(text, 0);
    if (single.isPresent()) {
      return new LayerSelection.Listed(List.of(single.getAsInt()));
    }
    Optional<LayerSelection> range = range(text);
    if (range.isEmpty()) {
      section.problem(
          "layers", "'" + text + "' is not all, a range like \"0-5\" or a list like [0, 3]");
    }
    return range.orElse(SweepConfig.DEFAULT_LAYERS);
  }

  private static Optional<LayerSelection> range(String text) {
    Matcher range = RANGE.matcher(text);
    if (!range.matches()) {
      return Optional.empty();
    }
    OptionalInt first = StudySection.wholeNumber(range.group(1), 0);
    OptionalInt last = StudySection.wholeNumber(range.group(2), 0);
    if (first.isEmpty() || last.isEmpty() || last.getAsInt() < first.getAsInt()) {
      return Optional.empty();
    }
    return Optional.of(new LayerSelection.Range(first.getAsInt(), last.getAsInt()));
  }

  private List<Positions> positions() {
    if (section.isObject("positions")) {
      return labels(section.section("positions"));
    }
    if (!section.has("positions") || section.isList("positions")) {
      return section
          .indices("positions")
          .map(numbers -> numbers.stream().<Positions>map(Positions.At::new).toList())
          .orElse(SweepConfig.DEFAULT_POSITIONS);
    }
    String text = section.scalar("positions").orElse("all");
    OptionalInt single = StudySection.wholeNumber(text, 0);
    if (single.isPresent()) {
      return List.of(new Positions.At(single.getAsInt()));
    }
    return switch (text) {
      case "all" -> List.of(new Positions.All());
      case "each" -> List.of(new Positions.Each());
      case "last" -> List.of(new Positions.Last());
      default -> {
        section.problem(
            "positions",
            "'" + text + "' is not all, each, last, a list like [3, 4] or { labels = [subject] }");
        yield SweepConfig.DEFAULT_POSITIONS;
      }
    };
  }

  private List<Positions> labels(StudySection positions) {
    positions.refuseUnknownKeys(List.of("labels"));
    if (!positions.has("labels") && positions.keys().isEmpty()) {
      section.problem("positions", "has no labels: write { labels = [subject] }");
    }
    return positions
        .texts("labels")
        .map(labels -> labels.stream().<Positions>map(Positions.Labelled::new).toList())
        .orElse(SweepConfig.DEFAULT_POSITIONS);
  }

  private HeadChoice heads() {
    if (!section.has("heads") || section.isList("heads")) {
      return section
          .indices("heads")
          .<HeadChoice>map(HeadChoice.Listed::new)
          .orElse(SweepConfig.DEFAULT_HEADS);
    }
    String text = section.scalar("heads").orElse("all");
    OptionalInt single = StudySection.wholeNumber(text, 0);
    if (single.isPresent()) {
      return new HeadChoice.Listed(List.of(single.getAsInt()));
    }
    return switch (text) {
      case "all" -> new HeadChoice.All();
      case "each" -> new HeadChoice.Each();
      default -> {
        section.problem("heads", "'" + text + "' is not all, each or a list like [0, 2]");
        yield SweepConfig.DEFAULT_HEADS;
      }
    };
  }

  private Corruption corruption() {
    boolean noise =
        section.isObject("corruption")
            ? section.section("corruption").has("noise")
            : section.scalar("corruption").filter("noise"::equals).isPresent();
    if (noise) {
      section.problem("corruption", "noise is not supported yet: use prompt");
      return SweepConfig.DEFAULT_CORRUPTION;
    }
    return section.choice("corruption", Corruption.class, SweepConfig.DEFAULT_CORRUPTION);
  }

  private PatchValue value() {
    Optional<String> planned = section.scalar("value").filter(PLANNED_VALUES::contains);
    if (planned.isPresent()) {
      section.problem("value", planned.get() + " is not supported yet: use activation");
      return SweepConfig.DEFAULT_VALUE;
    }
    return section.choice("value", PatchValue.class, SweepConfig.DEFAULT_VALUE);
  }
}
