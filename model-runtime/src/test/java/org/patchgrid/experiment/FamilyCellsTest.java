package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.metric.Metric;
import org.patchgrid.metric.MetricReader;
import org.patchgrid.metric.RunLogits;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/**
 * Every cell of every family against double-precision values made with Hugging Face transformers,
 * by both engines.
 */
class FamilyCellsTest {
  private static final double TOLERANCE = 1e-4;
  private static final String ALL = "all";

  /** One line of cells.csv. */
  private record Golden(PatchedCell cell, double logitDiff, double kl) {}

  static List<Path> models() {
    return TestModels.families();
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyCellHasTheReferenceValue(Path directory) throws IOException {
    JsonNode golden =
        new ObjectMapper().readTree(directory.resolve("golden.json").toFile()).get("patching");
    TokenizedPair pair =
        TestPairs.ofIds(ids(golden.get("clean_ids")), ids(golden.get("corrupted_ids")));
    int answer = golden.get("answer_id").asInt();
    int foil = golden.get("foil_id").asInt();
    try (LoadedModel model = TestModels.load(directory);
        NDManager manager = model.newManager()) {
      List<Golden> goldens = goldens(directory.resolve("cells.csv"), model.structure());
      assertThat(goldens).hasSize(golden.get("cells").asInt());
      List<PatchedCell> cells = goldens.stream().map(Golden::cell).toList();
      Readout readout = model.readout(manager);
      for (Engine engine : Engine.values()) {
        PairStates states =
            model
                .engine(Computation.of(engine), manager)
                .run(List.of(new PairCells(pair, cells)))
                .get(0);
        float[] clean = readout.logits(List.of(states.clean())).get(0);
        MetricReader reader = new MetricReader(clean, List.of(answer), List.of(foil));
        for (int i = 0; i < goldens.size(); i++) {
          float[] state = states.patched().get(i).orElseThrow();
          RunLogits logits =
              RunLogits.ofVocabulary(
                  readout.logits(List.of(state)).get(0),
                  readout.logits(state, new int[] {answer}),
                  readout.logits(state, new int[] {foil}));
          double[] values = reader.read(List.of(Metric.LOGIT_DIFF, Metric.KL), logits);
          String what = engine + " " + goldens.get(i).cell();
          assertThat(values[0]).as(what).isCloseTo(goldens.get(i).logitDiff(), within(TOLERANCE));
          assertThat(values[1]).as(what).isCloseTo(goldens.get(i).kl(), within(TOLERANCE));
        }
      }
    }
  }

  private static List<Integer> ids(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asInt).toList();
  }

  /** Columns: component, layer, head, position, patched_logit_diff, recovery, kl_clean_patched. */
  private static List<Golden> goldens(Path file, ModelStructure structure) throws IOException {
    List<Golden> goldens = new ArrayList<>();
    for (String line : Files.readAllLines(file).stream().skip(1).toList()) {
      String[] values = line.split(",", -1);
      PatchedCell cell =
          cell(
              component(values[0], structure),
              Integer.parseInt(values[1]),
              number(values[2]),
              number(values[3]),
              structure.layers());
      goldens.add(new Golden(cell, Double.parseDouble(values[4]), Double.parseDouble(values[6])));
    }
    return goldens;
  }

  private static Component component(String name, ModelStructure structure) {
    boolean normed = structure.normsQueriesAndKeys();
    return switch (name) {
      case "resid_pre" -> Component.RESID_PRE;
      case "attn_out" -> Component.SELF_ATTN;
      case "mlp_out" -> Component.MLP;
      case "z" -> Component.Z;
      case "q" -> normed ? Component.Q_NORM : Component.Q_PROJ;
      case "k" -> normed ? Component.K_NORM : Component.K_PROJ;
      case "v" -> Component.V_PROJ;
      case "pattern" -> Component.PATTERN;
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static OptionalInt number(String text) {
    return text.equals(ALL) ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
  }

  private static PatchedCell cell(
      Component component, int layer, OptionalInt head, OptionalInt position, int layers) {
    Cell cell =
        TestCells.cell(
            "goldens",
            "pair",
            PatchDirection.DENOISING,
            component,
            layer,
            1,
            head,
            position,
            Optional.empty());
    return TestCells.patched(
        cell,
        layers,
        head.isPresent() ? HeadSelection.one(head.getAsInt()) : HeadSelection.ALL,
        position.isPresent()
            ? Optional.of(new TokenSpan(position.getAsInt(), position.getAsInt() + 1))
            : Optional.empty());
  }
}
