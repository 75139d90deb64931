package org.patchgrid.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;

/** The sweeps that {@code bench} knows; all of them denoise. */
enum BenchSweep {
  /** All positions in one patch. */
  OUTPUTS(
      "self_attn, mlp x layers",
      List.of(Component.SELF_ATTN, Component.MLP),
      new Positions.All(),
      false),
  /** All positions in one patch. */
  GUIDE("the guide's twelve x layers", Component.GUIDE, new Positions.All(), false),
  /** One cell a position. */
  POSITIONS(
      "resid_pre, self_attn, mlp x layers x positions",
      List.of(Component.RESID_PRE, Component.SELF_ATTN, Component.MLP),
      new Positions.Each(),
      false),
  /** One cell a head. */
  HEADS("z x layers x heads", List.of(Component.Z), new Positions.All(), true);

  private final String sentence;
  private final List<Component> components;
  private final Positions positions;
  private final boolean eachHead;

  BenchSweep(String sentence, List<Component> components, Positions positions, boolean eachHead) {
    this.sentence = sentence;
    this.components = components;
    this.positions = positions;
    this.eachHead = eachHead;
  }

  String sentence() {
    return sentence;
  }

  /** Its sites on a model, of the components that the model has. */
  List<SweepSite> sites(ModelStructure model) {
    List<SweepSite> sites = new ArrayList<>();
    for (Component component : components) {
      if (model.components().contains(component)) {
        for (int layer = 0; layer < model.layers(); layer++) {
          for (HeadSelection heads : heads(component, model)) {
            PatchSite site = new PatchSite(component, layer, 1, heads, positions);
            sites.add(new SweepSite(toString(), PatchDirection.DENOISING, site));
          }
        }
      }
    }
    return sites;
  }

  private List<HeadSelection> heads(Component component, ModelStructure model) {
    if (!eachHead) {
      return List.of(HeadSelection.ALL);
    }
    List<HeadSelection> heads = new ArrayList<>();
    for (int head = 0; head < model.heads(component); head++) {
      heads.add(HeadSelection.one(head));
    }
    return heads;
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
