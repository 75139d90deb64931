package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.conf.FormatChoice;
import org.patchgrid.input.PromptSetReader;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.weights.ModelDescription;

/**
 * One bit is another one: of a model, of prompts, of results. A run that goes on with them is
 * refused, since the content is in the study's fingerprint; of results {@code verify} tells. A
 * third of {@code -Dpatchgrid.flips=1000} each before a release.
 */
class BitFlipsTest {
  private static final int FLIPS = Integer.getInteger("patchgrid.flips", 60) / 3 + 1;
  private static final Path ROOT = Path.of(System.getProperty("patchgrid.root", "."));
  private static final Path LLAMA =
      ROOT.resolve("model-runtime/src/test/resources/families/llama-mha-f32");

  private final Path directory;

  BitFlipsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  /** Whether what is in the files is told from what was. */
  private interface Detector {
    boolean isTold() throws IOException;
  }

  @Test
  void ofAModel() throws IOException {
    for (String name :
        List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
      Files.copy(LLAMA.resolve(name), directory.resolve(name));
    }
    String fingerprint = ModelDescription.read(directory).fingerprint();
    assertAllAreTold(
        files(directory),
        () -> !ModelDescription.read(directory).fingerprint().equals(fingerprint));
  }

  @Test
  void ofPrompts() throws IOException {
    Path prompts = directory.resolve("p.jsonl");
    Files.copy(ROOT.resolve("data/prompts/guide.jsonl"), prompts);
    PromptSetReader reader = new PromptSetReader(prompts.toString(), new Configuration());
    String hash = reader.scan(FormatChoice.AUTO).sha256();
    assertAllAreTold(List.of(prompts), () -> !reader.scan(FormatChoice.AUTO).sha256().equals(hash));
  }

  @Test
  void ofResults() throws IOException {
    StudyFolder folder = new StudyFolder(directory);
    folder.complete(3);
    List<Path> results =
        files(directory).stream()
            .filter(file -> !file.startsWith(directory.resolve("manifest")))
            .toList();
    assertThat(results).hasSize(7);
    assertAllAreTold(
        results,
        () -> !Verification.verify(folder.path(), folder.configuration).problems().isEmpty());
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void assertAllAreTold(List<Path> files, Detector detector) throws IOException {
    assertThat(detector.isTold()).as("whole").isFalse();
    Random random = new Random(1);
    for (int i = 0; i < FLIPS; i++) {
      Path file = files.get(random.nextInt(files.size()));
      byte[] whole = Files.readAllBytes(file);
      byte[] flipped = whole.clone();
      int at = random.nextInt(whole.length);
      int bit = random.nextInt(8);
      flipped[at] ^= (byte) (1 << bit);
      Files.write(file, flipped);
      assertThat(isTold(detector)).as("bit %d of byte %d of %s", bit, at, file).isTrue();
      Files.write(file, whole);
    }
  }

  private static boolean isTold(Detector detector) throws IOException {
    try {
      return detector.isTold();
    } catch (PatchgridException e) {
      return true;
    }
  }
}
