package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.checkpoint.SafetensorsFile;
import org.patchgrid.hook.ActivationCache;
import org.patchgrid.study.Component;
import org.patchgrid.study.HookPoint;
import org.patchgrid.transformer.WholeSequences;

/**
 * Every hook point of every layer against double-precision values made with Hugging Face
 * transformers (fp64; its own fp32 error on these models is up to 1.2e-5).
 */
class HookGoldensTest {
  private static final double TOLERANCE = 1e-4;

  /**
   * Names in the golden files; values there have no row axis, and heads have an axis of their own.
   */
  private static final Map<Component, String> GOLDEN_NAMES =
      Map.ofEntries(
          Map.entry(Component.RESID_PRE, "hook_resid_pre"),
          Map.entry(Component.INPUT_LAYERNORM, "ln1_out"),
          Map.entry(Component.Q_PROJ, "attn.hook_q"),
          Map.entry(Component.K_PROJ, "attn.hook_k"),
          Map.entry(Component.V_PROJ, "attn.hook_v"),
          Map.entry(Component.PATTERN, "attn.hook_pattern"),
          Map.entry(Component.Z, "attn.hook_z"),
          Map.entry(Component.O_PROJ, "hook_attn_out"),
          Map.entry(Component.SELF_ATTN, "hook_attn_out"),
          Map.entry(Component.RESID_MID, "hook_resid_mid"),
          Map.entry(Component.POST_ATTENTION_LAYERNORM, "ln2_out"),
          Map.entry(Component.GATE_PROJ, "mlp.hook_pre"),
          Map.entry(Component.UP_PROJ, "mlp.hook_pre_linear"),
          Map.entry(Component.ACT, "mlp.hook_post"),
          Map.entry(Component.DOWN_PROJ, "hook_mlp_out"),
          Map.entry(Component.MLP, "hook_mlp_out"),
          Map.entry(Component.OUTPUT, "hook_resid_post"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-mha-f32",
        "llama-gqa-headdim-sharded-bf16",
        "llama-llama3rope-tied-bf16",
        "llama-bias-linearrope-f32"
      })
  void everyHookPointHasTheReferenceValue(String family) throws IOException {
    Path directory = TestModels.family(family);
    JsonNode prompt =
        new ObjectMapper().readTree(directory.resolve("golden.json").toFile()).at("/prompts/p7");
    long[] ids =
        StreamSupport.stream(prompt.get("ids").spliterator(), false)
            .mapToLong(JsonNode::asLong)
            .toArray();
    try (LoadedModel model = TestModels.load(directory);
        NDManager manager = model.newManager()) {
      SafetensorsFile goldens = SafetensorsFile.open(directory.resolve("golden.safetensors"));
      Set<HookPoint> points = new HashSet<>();
      for (Component component : model.structure().components()) {
        for (int layer = 0; layer < model.structure().layers(); layer++) {
          points.add(new HookPoint(component, layer));
        }
      }
      ActivationCache cache = new ActivationCache(manager, points);
      NDArray last =
          model
              .transformer()
              .forward(
                  manager,
                  manager.create(ids),
                  new WholeSequences(model.transformer().tables(manager, ids.length)),
                  cache);

      assertThat(points).hasSize(17 * model.structure().layers());
      for (HookPoint point : points) {
        String name = "blocks." + point.layer() + "." + GOLDEN_NAMES.get(point.component());
        assertClose(point.toString(), cache.value(point), goldens.doubles(name));
      }
      double[] expected = goldens.doubles("logits.p7");
      int vocabulary = model.structure().vocabularySize();
      double[] expectedLast = new double[vocabulary];
      System.arraycopy(expected, expected.length - vocabulary, expectedLast, 0, vocabulary);
      assertClose("logits", model.transformer().logits(last), expectedLast);
    }
  }

  private static void assertClose(String what, NDArray actual, double[] expected) {
    float[] values = actual.toFloatArray();
    assertThat(values).as(what).hasSize(expected.length);
    for (int i = 0; i < values.length; i++) {
      double scale = Math.max(1, Math.abs(expected[i]));
      assertThat((double) values[i])
          .as("%s, entry %d", what, i)
          .isCloseTo(expected[i], within(TOLERANCE * scale));
    }
  }
}
