package org.patchgrid.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.PatchgridException;

/** A model may bring code along, as pickles or as Python beside it. None of it is ever run. */
class CodeInModelsTest {
  private static final Path LLAMA =
      Path.of(
          System.getProperty("patchgrid.root"),
          "model-runtime/src/test/resources/families/llama-mha-f32");
  private static final String REMOTE_CODE =
      "{\"auto_map\": {\"AutoModelForCausalLM\": \"modeling_own.OwnForCausalLM\"},";

  private final Path model;

  CodeInModelsTest(@TempDir Path model) throws IOException {
    this.model = model;
    for (String name : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(LLAMA.resolve(name), model.resolve(name));
    }
    Files.writeString(model.resolve("modeling_own.py"), "open('/tmp/ran', 'w')\n");
    Path config = model.resolve("config.json");
    Files.writeString(config, REMOTE_CODE + Files.readString(config).substring(1));
  }

  @Test
  void aKnownFamilyIsComputedByPatchgridsOwnCode() {
    assertThat(ModelDescription.read(model).config().layers())
        .isEqualTo(ModelDescription.read(LLAMA).config().layers());
  }

  @Test
  void aFamilyThatOnlyItsOwnCodeKnowsIsRefused() throws IOException {
    Path config = model.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config).replace("\"model_type\": \"llama\"", "\"model_type\": \"own\""));
    assertThatThrownBy(() -> ModelDescription.read(model))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("model_type is \"own\": Patchgrid does not know this family");
  }

  @Test
  void picklesAreRefusedByName() throws IOException {
    Files.move(model.resolve("model.safetensors"), model.resolve("pytorch_model.bin"));
    assertThatThrownBy(() -> ModelDescription.read(model))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining(
            "has its weights as pytorch_model.bin, and Patchgrid reads safetensors only");
  }

  @Test
  void aPickleThatIsCalledSafetensorsIsRefused() throws IOException {
    byte[] pickle = {(byte) 0x80, 4, (byte) 0x95, 0x34, 0x12, 0, 0, 0, 0, 0, 0, 'c', 'o', 's'};
    Files.write(model.resolve("model.safetensors"), pickle);
    assertThatThrownBy(() -> ModelDescription.read(model))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("it may not be a safetensors file");
  }
}
