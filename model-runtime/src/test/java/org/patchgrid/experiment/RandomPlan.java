package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.patchgrid.patch.Constants;
import org.patchgrid.patch.NoiseSample;
import org.patchgrid.patch.Origin;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.patch.SiteExpansion;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.HeadAxis;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.JointSite;
import org.patchgrid.study.MeanOver;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.PathFreeze;
import org.patchgrid.study.PathReceiver;
import org.patchgrid.study.PathSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.Site;
import org.patchgrid.study.SitePlace;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/** Pairs of one length with cells of every kind. The same seed gives the same plan. */
public final class RandomPlan {
  /** A vector for every place where a mean may be asked for: no numbers of a prompt set. */
  static final Constants MEANS =
      (point, constant, position, width) -> {
        if (constant instanceof Origin.Zero) {
          return new float[width];
        }
        float[] values = new float[width];
        for (int i = 0; i < width; i++) {
          values[i] =
              (float) Math.sin(point.layer() + point.component().roleName().length() + 0.1 * i);
        }
        return values;
      };

  private final ModelStructure structure;
  private final SiteExpansion expansion;
  private final int length;
  private final Random random;

  public RandomPlan(ModelStructure structure, int length, int seed) {
    this.structure = structure;
    this.expansion = new SiteExpansion(structure);
    this.length = length;
    this.random = new Random(seed);
  }

  /** Ordinary patches. */
  public List<PairCells> pairs(int count, int cellsEach) {
    return IntStream.range(0, count)
        .mapToObj(i -> pair())
        .map(
            pair ->
                new PairCells(
                    pair, IntStream.range(0, cellsEach).mapToObj(j -> ordinary()).toList()))
        .toList();
  }

  /** Sets, complements, paths, constants, entries of patterns, noise. */
  List<PairCells> pairsOfEveryKind(int count, int cellsEach) {
    List<PairCells> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TokenizedPair pair = pair();
      List<PatchedCell> cells = new ArrayList<>();
      while (cells.size() < cellsEach) {
        List<PatchedCell> some = expansion.cells(site(), pair);
        cells.add(some.get(random.nextInt(some.size())));
      }
      Optional<NoiseSample> noise = Optional.empty();
      if (random.nextBoolean()) {
        noise = Optional.of(new NoiseSample(span(), 0.3, random.nextLong(), "pair", i));
      }
      pairs.add(new PairCells(pair, noise, cells));
    }
    return pairs;
  }

  private TokenizedPair pair() {
    List<Integer> clean = new ArrayList<>();
    List<Integer> corrupted = new ArrayList<>();
    int different = random.nextInt(length);
    for (int position = 0; position < length; position++) {
      int id = random.nextInt(structure.vocabularySize());
      boolean same = position < different || (position > different && random.nextInt(4) > 0);
      clean.add(id);
      corrupted.add(same ? id : random.nextInt(structure.vocabularySize()));
    }
    return TestPairs.ofIds(clean, corrupted);
  }

  private SweepSite site() {
    Site site =
        switch (random.nextInt(3)) {
          case 0 -> joint();
          case 1 -> path();
          default -> patch();
        };
    PatchValue value =
        switch (random.nextInt(4)) {
          case 0 -> PatchValue.ZERO;
          case 1 -> hasMean(site) ? new PatchValue.Mean(MeanOver.ALL) : PatchValue.ZERO;
          default -> PatchValue.ACTIVATION;
        };
    boolean noising = !value.equals(PatchValue.ACTIVATION) || random.nextBoolean();
    PatchDirection direction = noising ? PatchDirection.NOISING : PatchDirection.DENOISING;
    return new SweepSite("random", direction, site, value, Corruption.PROMPT);
  }

  private static boolean hasMean(Site site) {
    return site instanceof JointSite joint
        ? joint.places().stream().noneMatch(place -> place.component() == Component.PATTERN)
        : !site.componentName().equals(Component.PATTERN.roleName());
  }

  private Site patch() {
    if (random.nextBoolean()) {
      HeadSelection heads = heads(Component.PATTERN);
      Positions each = new Positions.Each();
      return new PatchSite(Component.PATTERN, layer(), 1, heads, positions(), each);
    }
    Component component = component();
    return new PatchSite(component, layer(), window(), heads(component), positions());
  }

  private Site joint() {
    List<SitePlace> places = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      Component component = component();
      places.add(new SitePlace(component, layer(), heads(component)));
    }
    JointSite.Part part = one(List.of(JointSite.Part.values()));
    return new JointSite("some", part, places, positions());
  }

  private Site path() {
    Component component = one(List.of(Component.Z, Component.MLP, Component.SELF_ATTN));
    SitePlace sender = new SitePlace(component, layer(), heads(component));
    PathFreeze freeze = one(List.of(PathFreeze.values()));
    PathReceiver receiver = new PathReceiver.Final();
    if (sender.layer() + 1 < structure.layers() && random.nextInt(4) > 0) {
      Component end = one(List.of(Component.Q_PROJ, Component.K_PROJ, Component.V_PROJ));
      int layer = sender.layer() + 1 + random.nextInt(structure.layers() - sender.layer() - 1);
      receiver = new PathReceiver.Attention(new SitePlace(end, layer, heads(end)));
    }
    return new PathSite(sender, receiver, freeze);
  }

  private Positions positions() {
    return switch (random.nextInt(3)) {
      case 0 -> new Positions.All();
      case 1 -> new Positions.Each();
      default -> new Positions.Last();
    };
  }

  private Component component() {
    return one(List.copyOf(structure.components()));
  }

  private <T> T one(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private int layer() {
    return random.nextInt(structure.layers());
  }

  private int window() {
    return random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
  }

  private HeadSelection heads(Component component) {
    boolean oneHead = component.headAxis() != HeadAxis.NONE && random.nextBoolean();
    return oneHead
        ? HeadSelection.one(random.nextInt(structure.heads(component)))
        : HeadSelection.ALL;
  }

  private TokenSpan span() {
    int start = random.nextInt(length);
    return new TokenSpan(start, start + 1 + random.nextInt(length - start));
  }

  private PatchedCell ordinary() {
    Component component = component();
    int layer = layer();
    int window = window();
    HeadSelection heads = heads(component);
    Optional<TokenSpan> span = Optional.empty();
    if (random.nextInt(3) > 0) {
      span = Optional.of(span());
    }
    Cell cell =
        TestCells.cell(
            "random",
            "pair",
            random.nextBoolean() ? PatchDirection.DENOISING : PatchDirection.NOISING,
            component,
            layer,
            window,
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty());
    return TestCells.patched(cell, structure.layers(), heads, span);
  }
}
