package org.patchgrid.hook;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.patchgrid.study.HookPoint;

/** Several hooks of one pass, each given what the one before it goes on with. */
public record HookChain(List<Hooks> hooks) implements Hooks {
  public HookChain {
    hooks = List.copyOf(hooks);
  }

  @Override
  public NDArray embedded(NDArray value) {
    NDArray result = value;
    for (Hooks each : hooks) {
      result = each.embedded(result);
    }
    return result;
  }

  @Override
  public NDArray at(HookPoint point, NDArray value) {
    NDArray result = value;
    for (Hooks each : hooks) {
      result = each.at(point, result);
    }
    return result;
  }

  @Override
  public boolean watches(HookPoint point) {
    return hooks.stream().anyMatch(each -> each.watches(point));
  }
}
