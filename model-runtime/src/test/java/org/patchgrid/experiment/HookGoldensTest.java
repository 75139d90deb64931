package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.checkpoint.SafetensorsFile;
import org.patchgrid.checkpoint.StoredValues;
import org.patchgrid.hook.ActivationCache;
import org.patchgrid.hook.Hooks;
import org.patchgrid.study.Component;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.WholeSequences;

/**
 * Every hook point of every layer and all logits against double-precision values made with Hugging
 * Face transformers (fp64; its own fp32 error on these models is up to 1.2e-5).
 */
class HookGoldensTest {
  /** Relative to the largest value of the activation. */
  private static final double TOLERANCE = 1e-4;

  /** Hook points in the files that no component stands for: what the rotation makes. */
  private static final Set<String> NO_COMPONENT = Set.of("attn.hook_rot_q", "attn.hook_rot_k");

  static List<Path> models() {
    return TestModels.families();
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyHookPointHasTheReferenceValue(Path directory) throws IOException {
    try (LoadedModel model = TestModels.load(directory);
        NDManager manager = model.newManager()) {
      SafetensorsFile goldens = SafetensorsFile.open(directory.resolve("golden.safetensors"));
      Map<Component, String> names = goldenNames(model.structure());
      Set<HookPoint> points = Set.copyOf(model.structure().hookPoints());
      ActivationCache cache = new ActivationCache(manager, points);
      NDArray last = forward(model, manager, ids(directory, "p7"), cache);

      Set<String> compared = new HashSet<>();
      for (HookPoint point : points) {
        Optional<String> name = Optional.ofNullable(names.get(point.component()));
        if (name.isPresent()) {
          String full = "blocks." + point.layer() + "." + name.get();
          NDArray value = cache.value(point);
          if (point.component() == Component.PATTERN) { // golden: [head, query, key]
            long length = value.getShape().get(0);
            value = value.reshape(length, -1, length).swapAxes(0, 1);
          }
          assertClose(point.toString(), value, StoredValues.doubles(goldens, full));
          compared.add(full);
        }
      }
      assertThat(compared).as("all that the golden file has").isEqualTo(hookPoints(goldens));
      double[] normed = StoredValues.doubles(goldens, "ln_final");
      int width = model.structure().modelWidth();
      double[] lastNormed = new double[width];
      System.arraycopy(normed, normed.length - width, lastNormed, 0, width);
      assertClose("ln_final", last, lastNormed);
    }
  }

  /** By causality the logits behind every token are those of a prompt that ends there. */
  @ParameterizedTest
  @MethodSource("models")
  void everyLogitHasTheReferenceValue(Path directory) throws IOException {
    try (LoadedModel model = TestModels.load(directory);
        NDManager manager = model.newManager()) {
      SafetensorsFile goldens = SafetensorsFile.open(directory.resolve("golden.safetensors"));
      int vocabulary = model.structure().vocabularySize();
      for (String prompt : List.of("p7", "p12")) {
        long[] ids = ids(directory, prompt);
        double[] expected = StoredValues.doubles(goldens, "logits." + prompt);
        for (int length = 1; length <= ids.length; length++) {
          long[] begin = new long[length];
          System.arraycopy(ids, 0, begin, 0, length);
          double[] ofToken = new double[vocabulary];
          System.arraycopy(expected, (length - 1) * vocabulary, ofToken, 0, vocabulary);
          NDArray last = forward(model, manager, begin, Hooks.NONE);
          assertClose(
              "logits of " + prompt + ", token " + length,
              model.transformer().logits(last),
              ofToken);
        }
      }
    }
  }

  /**
   * Names in the golden files; values there have no row axis, and heads have an axis of their own.
   */
  private static Map<Component, String> goldenNames(ModelStructure structure) {
    Map<Component, String> names = new EnumMap<>(Component.class);
    names.put(Component.RESID_PRE, "hook_resid_pre");
    names.put(Component.INPUT_LAYERNORM, "ln1_out");
    boolean normed = structure.normsQueriesAndKeys();
    names.put(Component.Q_PROJ, normed ? "attn.q_proj" : "attn.hook_q");
    names.put(Component.K_PROJ, normed ? "attn.k_proj" : "attn.hook_k");
    names.put(Component.V_PROJ, "attn.hook_v");
    names.put(Component.Q_NORM, "attn.hook_q");
    names.put(Component.K_NORM, "attn.hook_k");
    names.put(Component.PATTERN, "attn.hook_pattern");
    names.put(Component.Z, "attn.hook_z");
    names.put(Component.SELF_ATTN, "hook_attn_out");
    names.put(Component.RESID_MID, "hook_resid_mid");
    names.put(Component.POST_ATTENTION_LAYERNORM, "ln2_out");
    names.put(Component.GATE_PROJ, "mlp.hook_pre");
    names.put(Component.UP_PROJ, structure.isGated() ? "mlp.hook_pre_linear" : "mlp.hook_pre");
    names.put(Component.ACT, "mlp.hook_post");
    names.put(Component.MLP, "hook_mlp_out");
    names.put(Component.OUTPUT, "hook_resid_post");
    return names;
  }

  private static Set<String> hookPoints(SafetensorsFile goldens) {
    Set<String> names = new HashSet<>(goldens.tensors().keySet());
    names.removeIf(name -> !name.startsWith("blocks."));
    names.removeIf(name -> NO_COMPONENT.stream().anyMatch(name::endsWith));
    return names;
  }

  private static long[] ids(Path directory, String prompt) throws IOException {
    JsonNode golden = new ObjectMapper().readTree(directory.resolve("golden.json").toFile());
    return StreamSupport.stream(golden.at("/prompts/" + prompt + "/ids").spliterator(), false)
        .mapToLong(JsonNode::asLong)
        .toArray();
  }

  private static NDArray forward(LoadedModel model, NDManager manager, long[] ids, Hooks hooks) {
    return model
        .transformer()
        .forward(
            manager,
            manager.create(ids),
            new WholeSequences(model.transformer().tables(manager, ids.length)),
            hooks);
  }

  private static void assertClose(String what, NDArray actual, double[] expected) {
    float[] values = actual.toFloatArray();
    assertThat(values).as(what).hasSize(expected.length);
    double scale = 0;
    for (double value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      worst = Math.max(worst, Math.abs(values[i] - expected[i]));
    }
    assertThat(worst / scale).as(what).isLessThan(TOLERANCE);
  }
}
