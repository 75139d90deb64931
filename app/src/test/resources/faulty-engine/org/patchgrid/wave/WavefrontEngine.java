package org.patchgrid.wave;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.patchgrid.patch.Constants;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.reference.ReferenceEngine;
import org.patchgrid.transformer.Transformer;

/**
 * A fault for AuditDisagreementTest, in the place of the engine of the same name: right, but for
 * one bit of every patched state of one pair.
 */
public final class WavefrontEngine implements PatchEngine {
  private static final String PAIR = "city-islamabad-dhaka";

  private final PatchEngine right;

  public WavefrontEngine(
      Transformer transformer,
      NDManager manager,
      int batchRows,
      Constants constants) {
    this.right = new ReferenceEngine(transformer, manager, constants);
  }

  @Override
  public List<PairStates> run(List<PairCells> pairs) {
    List<PairStates> states = new ArrayList<>();
    for (PairCells pair : pairs) {
      PairStates found = right.run(List.of(pair)).get(0);
      boolean wrong = pair.pair().pair().id().equals(PAIR);
      states.add(
          new PairStates(
              found.clean(),
              found.corrupted(),
              wrong ? found.patched().stream().map(WavefrontEngine::flip).toList() : found.patched()));
    }
    return states;
  }

  private static Optional<float[]> flip(Optional<float[]> state) {
    float[] wrong = state.orElseThrow().clone();
    wrong[17] = Float.intBitsToFloat(Float.floatToRawIntBits(wrong[17]) ^ 1);
    return Optional.of(wrong);
  }
}
