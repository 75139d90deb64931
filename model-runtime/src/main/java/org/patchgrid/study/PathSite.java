package org.patchgrid.study;

import java.util.Set;

/**
 * The way from a sender to a receiver (Wang et al. 2022): the sender's value comes from the source
 * run, all attention heads else are held at the target run's, and only what then reaches the
 * receiver is written into the target run.
 *
 * @param sender what a residual stream is added to: heads' {@code z}, {@code self_attn}, {@code
 *     mlp}
 */
public record PathSite(SitePlace sender, PathReceiver receiver, PathFreeze freeze) implements Site {
  @Override
  public int layer() {
    return sender.layer();
  }

  @Override
  public int window() {
    return 1;
  }

  @Override
  public String componentName() {
    return sender.component().roleName();
  }

  /** Every position: a path is one of whole runs. */
  @Override
  public Positions positions() {
    return new Positions.All();
  }

  @Override
  public boolean writes(Component component) {
    return sender.component() == component;
  }

  @Override
  public Set<HookPoint> points(ModelStructure model) {
    return Set.of(sender.point());
  }

  /** Whether what the sender says can reach the receiver: it is in a later layer, or the end. */
  public boolean leadsForward() {
    return !(receiver instanceof PathReceiver.Attention attention)
        || attention.place().layer() > sender.layer();
  }
}
