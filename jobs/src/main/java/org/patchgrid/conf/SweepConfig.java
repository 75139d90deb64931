package org.patchgrid.conf;

import java.util.List;
import java.util.Optional;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.MeanOver;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.Positions;
import org.patchgrid.study.ValueKind;

/**
 * One sweep: the sites are components x layers x heads x positions, in each direction; or sets of
 * places; or the paths from such components to receivers.
 *
 * @param name the column {@code sweep}; {@link #DEFAULT_NAME} for a study's only, unnamed one
 * @param components role names, aliases or module paths as written, or {@link #GUIDE} or {@link
 *     #ALL}; only a model can tell what they mean; none in a sweep of sets alone
 * @param positions {@code all}, {@code each} or {@code last} alone, or positions, or labels
 * @param sourcePositions of attention patterns, the entries of a row: likewise
 * @param window how many layers around a site's layer are patched together
 */
public record SweepConfig(
    String name,
    List<PatchDirection> directions,
    List<String> components,
    LayerSelection layers,
    List<Positions> positions,
    List<Positions> sourcePositions,
    HeadChoice heads,
    int window,
    SetsConfig sets,
    PathsConfig paths,
    Corruption corruption,
    PatchValue value,
    Optional<ScreenConfig> screen) {
  /** The name of the sweep of a study that has {@code sweep { ... }}. */
  public static final String DEFAULT_NAME = "default";

  /** Stands for the guide's twelve components, those of them that the model has. */
  public static final String GUIDE = "guide";

  /** Stands for every component that the model has. */
  public static final String ALL = "all";

  public static final List<PatchDirection> DEFAULT_DIRECTIONS = List.of(PatchDirection.DENOISING);
  public static final List<String> DEFAULT_COMPONENTS = List.of(GUIDE);
  public static final LayerSelection DEFAULT_LAYERS = new LayerSelection.All();
  public static final List<Positions> DEFAULT_POSITIONS = List.of(new Positions.All());
  public static final HeadChoice DEFAULT_HEADS = new HeadChoice.All();
  public static final int DEFAULT_WINDOW = 1;
  public static final Corruption DEFAULT_CORRUPTION = Corruption.PROMPT;
  public static final MeanOver DEFAULT_MEAN_OVER = MeanOver.ALL;

  public SweepConfig {
    directions = List.copyOf(directions);
    components = List.copyOf(components);
    positions = List.copyOf(positions);
    sourcePositions = List.copyOf(sourcePositions);
    if (name.isBlank() || directions.isEmpty() || (components.isEmpty() && sets.isEmpty())) {
      throw new IllegalArgumentException(
          "A sweep needs a name, a direction and a component or a set: '" + name + "'");
    }
    if (!sets.isEmpty() && !paths.isEmpty()) {
      throw new IllegalArgumentException("A path begins at a component: '" + name + "'");
    }
    if (screen.isPresent() && value.kind() != ValueKind.ACTIVATION) {
      throw new IllegalArgumentException("Only patches can be screened: '" + name + "'");
    }
    if (window < 1) {
      throw new IllegalArgumentException("Invalid window: " + window);
    }
    requireOneKind(positions);
    requireOneKind(sourcePositions);
  }

  private static void requireOneKind(List<Positions> positions) {
    if (positions.isEmpty()) {
      throw new IllegalArgumentException("A sweep needs positions");
    }
    boolean alone = positions.size() == 1;
    boolean numbers = positions.stream().allMatch(Positions.At.class::isInstance);
    boolean labels = positions.stream().allMatch(Positions.Labelled.class::isInstance);
    if (!alone && !numbers && !labels) {
      throw new IllegalArgumentException("Positions of several kinds: " + positions);
    }
  }
}
