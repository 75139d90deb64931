package org.patchgrid.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.study.PatchgridException;

/** Damaged files must end in a message and not end this JVM: that it goes on is half the test. */
class TokenizerCheckTest {
  private static final String DOWNLOAD =
      "; the file is damaged or of an unknown kind: download it again";

  private final Path model;
  private final Path cache;

  TokenizerCheckTest(@TempDir Path model, @TempDir Path cache) {
    this.model = model;
    this.cache = cache;
  }

  private void assertRefused(String reason) {
    assertThatThrownBy(
            () ->
                PromptTokenizer.open(model, Pairs.ATLAS_VOCABULARY, new TokenizerCheck(cache))
                    .close())
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot load tokenizer " + model.resolve("tokenizer.json") + ": " + reason + DOWNLOAD);
    assertThat(cache.resolve("tokenizers")).doesNotExist();
  }

  private Path write(byte[] content) throws IOException {
    return Files.write(model.resolve("tokenizer.json"), content);
  }

  private static byte[] atlas() throws IOException {
    return Files.readAllBytes(Pairs.ATLAS.resolve("tokenizer.json"));
  }

  @Test
  void refusesATruncatedFile() throws IOException {
    write(
        new String(atlas(), StandardCharsets.UTF_8)
            .substring(0, 2000)
            .getBytes(StandardCharsets.UTF_8));

    assertRefused("EOF while parsing a value at line 110 column 11");
  }

  @Test
  void refusesGarbage() throws IOException {
    byte[] garbage = new byte[3000];
    new Random(1).nextBytes(garbage);
    write(garbage);

    assertRefused("expected value at line 1 column 1");
  }

  @Test
  void refusesAnEmptyFile() throws IOException {
    write(new byte[0]);

    assertRefused("EOF while parsing a value at line 1 column 0");
  }

  @Test
  void survivesAFileThatAbortsTheNativeCodeWhileLoading() throws IOException {
    TokenizerFiles.copy(
        Pairs.ATLAS,
        model,
        json -> ((ObjectNode) json.get("model")).put("continuing_subword_prefix", "##long prefix"));

    assertRefused("byte index 13 is out of bounds of `t`");
  }

  @Test
  void survivesAFileThatAbortsTheNativeCodeAtTheFirstText() throws IOException {
    TokenizerFiles.copy(
        Pairs.ATLAS, model, json -> TokenizerFiles.templateOf(json).putObject("special_tokens"));

    assertRefused("no entry found for key");
  }

  @Test
  void remembersAContentThatPassed() throws IOException {
    Path file = write(atlas());
    new TokenizerCheck(cache).check(file, atlas());

    try (Stream<Path> markers = Files.list(cache.resolve("tokenizers"))) {
      assertThat(markers.map(marker -> marker.getFileName().toString()))
          .singleElement()
          .asString()
          .matches("[0-9a-f]{64}\\.ok");
    }
    // A check that were to start a child again would be over its time at once.
    assertThatCode(() -> new TokenizerCheck(cache, Duration.ZERO).check(file, atlas()))
        .doesNotThrowAnyException();
  }

  @Test
  void checksAgainAfterAnotherVersionOfTheLibrary() throws IOException {
    Path file = write(atlas());
    new TokenizerCheck(cache).check(file, atlas());
    try (Stream<Path> markers = Files.list(cache.resolve("tokenizers"))) {
      Files.writeString(markers.findFirst().orElseThrow(), "0.1.0");
    }

    assertThatThrownBy(() -> new TokenizerCheck(cache, Duration.ZERO).check(file, atlas()))
        .isInstanceOf(PatchgridException.class);
  }

  @Test
  void worksWithoutACacheDirectory() throws IOException {
    Path occupied = Files.writeString(cache.resolve("occupied"), "a file where the cache would be");
    TokenizerCheck check = new TokenizerCheck(occupied);
    Path file = write(atlas());

    assertThatCode(() -> check.check(file, atlas())).doesNotThrowAnyException();
    assertThatCode(() -> check.check(file, atlas())).doesNotThrowAnyException();
  }

  @Test
  void endsAChildThatTakesTooLong() throws IOException {
    Path file = write(atlas());

    assertThatThrownBy(() -> new TokenizerCheck(cache, Duration.ZERO).check(file, atlas()))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot load tokenizer "
                + file
                + ": it did not load within 0 s in a child process; try again on a less busy"
                + " machine, or download it again");
    assertThat(List.of(cache)).allSatisfy(it -> assertThat(it).isEmptyDirectory());
  }

  @Test
  void takesAPathWithSpacesAndLettersBeyondAscii() throws IOException {
    Path directory = Files.createDirectory(model.resolve("mod\u00e8le \u00e0 moi"));
    Path file = Files.write(directory.resolve("tokenizer.json"), atlas());

    assertThatCode(() -> new TokenizerCheck(cache).check(file, atlas())).doesNotThrowAnyException();
  }

  /** Found by bin/fuzz-tokenizers: two seconds at every load. */
  @Test
  void refusesAddedTokensThatTakeTheNativeCodeLong() throws IOException {
    TokenizerFiles.copy(
        Pairs.ATLAS,
        model,
        json -> ((ObjectNode) json.get("added_tokens").get(1)).put("content", "x".repeat(1001)));

    assertThatThrownBy(
            () ->
                PromptTokenizer.open(model, Pairs.ATLAS_VOCABULARY, new TokenizerCheck(cache))
                    .close())
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot use tokenizer.json: an added token has 1001 characters, and at most 1000 are"
                + " allowed; set -Dpatchgrid.limit.token-characters to allow more");
  }

  @ParameterizedTest
  @ValueSource(ints = {636, 824, 1128, 1216})
  void whatWasFoundOnceDoesNoHarm(int mutant) throws IOException {
    Path found =
        Path.of(
            System.getProperty("patchgrid.root"),
            "model-runtime/src/test/resources/tokenizers-found");
    Files.copy(found.resolve("mutant-" + mutant + ".json"), model.resolve("tokenizer.json"));

    assertThat(TokenizerServant.use(model)).doesNotStartWith(TokenizerServant.Answer.BUG.name());
  }

  /** bin/fuzz-tokenizers has more of them. */
  @Test
  void whatPassesDoesNoHarmToWhoUsesIt() throws IOException {
    TokenizerCampaign.Batch batch = new TokenizerCampaign(cache).batch(0, 60);

    assertThat(batch.findings()).isZero();
    assertThat(batch.passed()).isPositive();
    assertThat(batch.refused()).isPositive();
  }
}
