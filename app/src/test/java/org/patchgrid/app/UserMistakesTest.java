package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.PatchgridException;

/** What users see of their mistakes: exit code 2, and one line that says what, where and how. */
class UserMistakesTest {
  private static final String TENSOR = "model.layers.3.mlp.up_proj.weight";
  private static final String COMPONENTS =
      "resid_pre, input_layernorm, self_attn.q_proj, self_attn.k_proj, self_attn.v_proj,"
          + " self_attn.pattern, self_attn.z, self_attn.o_proj, self_attn, resid_mid,"
          + " post_attention_layernorm, mlp.gate_proj, mlp.up_proj, mlp.act, mlp.down_proj, mlp,"
          + " output";
  private static final String METRICS =
      "l2, mse, cosine, kl, logit_diff, prob_diff, answer_prob, answer_log_prob, answer_logit,"
          + " answer_rank";
  private static final String USABLE =
      """
      {"id": "usable", "clean": "The capital of France is", "corrupted": "The capital of Italy is"}
      """
          .strip();

  @TempDir private Path directory = Path.of("");
  private Path atlas = Path.of("");
  private Path study = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void writeStudy() throws IOException {
    atlas = SmallStudy.root().resolve("data/models/atlas-6l");
    out = directory.resolve("out");
    Path prompts = prompts("prompts.jsonl", USABLE);
    study =
        Files.writeString(
            directory.resolve("study.conf"),
            """
            study   { id = "mistakes" }
            model   { path = "%s" }
            prompts { path = "%s" }
            sweep   { components = [mlp], layers = [0] }
            """
                .formatted(atlas, prompts));
  }

  private Path prompts(String name, String... lines) throws IOException {
    return Files.write(directory.resolve(name), List.of(lines));
  }

  // The model.

  @Test
  @DisabledIfSystemProperty(
      named = "patchgrid.test.device",
      matches = "gpu",
      disabledReason = "there a GPU and a PyTorch for it are present")
  void noGpu() {
    String message =
        "Cannot compute with model.device = gpu: the PyTorch that comes with Patchgrid is for the"
            + " CPU; set PYTORCH_LIBRARY_PATH to the lib directory of one with CUDA (docs/gpu.md"
            + " says which), or use model.device = cpu";
    assertMistake(run("--set", "model.device=gpu"), message);
  }

  @Test
  void missingModelDirectory() {
    assertModelMistake(
        directory.resolve("nowhere"),
        "Cannot find the model directory %s: give the path of a directory with config.json and"
            + " model.safetensors");
  }

  @Test
  void missingTensor() throws IOException {
    DamagedModel model = copy().editTensors(all -> all.set("extra", all.remove(TENSOR)));
    assertModelMistake(model.path(), missingTensorMessage());
  }

  /** With Spark's log, which must not add anything. */
  @Test
  void missingTensorInAJvmOfItsOwn() throws IOException, InterruptedException {
    DamagedModel model = copy().editTensors(all -> all.set("extra", all.remove(TENSOR)));
    Path jvm = Files.createDirectory(directory.resolve("jvm"));
    try (ChildJvm child =
        ChildJvm.start(jvm, runArguments("--set", "model.path=" + model.path()))) {
      assertMistake(child.await(), missingTensorMessage().formatted(model.path()));
    }
  }

  private static String missingTensorMessage() {
    return "%s/model.safetensors has no tensor '"
        + TENSOR
        + "' (expected shape [512, 192]): the checkpoint is incomplete or of another kind than its"
        + " config.json says; download both again";
  }

  @Test
  void wrongShape() throws IOException {
    DamagedModel model =
        copy()
            .editTensors(
                all -> {
                  ArrayNode shape = (ArrayNode) all.path(TENSOR).path("shape");
                  shape.removeAll().add(192).add(512);
                });
    assertModelMistake(
        model.path(),
        "%s/model.safetensors: tensor '"
            + TENSOR
            + "' has shape [192, 512] where config.json makes it [512, 192]: weights and config.json"
            + " are not of one model; download both again");
  }

  @Test
  void truncatedSafetensors() throws IOException {
    assertModelMistake(
        copy().halve("model.safetensors").path(),
        "Cannot use %s/model.safetensors: it is truncated: expected 5382016 bytes by its header,"
            + " found 2691008; download the file again");
  }

  @Test
  void truncatedTokenizer() throws IOException {
    assertModelMistake(
        copy().halve("tokenizer.json").path(),
        "Cannot load tokenizer %s/tokenizer.json: EOF while parsing a list at line 3127 column 4;"
            + " the file is damaged or of an unknown kind: download it again");
  }

  @Test
  void unknownModelType() throws IOException {
    assertModelMistake(
        copy().editConfig(config -> config.put("model_type", "mamba")).path(),
        "%s/config.json: model_type is \"mamba\": Patchgrid does not know this family; use a model"
            + " of one of: gemma2, gemma3_text, gpt2, gptj, gpt_neox, llama, mistral, olmo2, opt,"
            + " phi3, qwen2, qwen3");
  }

  private DamagedModel copy() throws IOException {
    return DamagedModel.copy(directory.resolve("model"));
  }

  /** The same line from both commands that load a model. */
  private void assertModelMistake(Path model, String message) {
    String line = message.formatted(model);
    assertMistake(run("--set", "model.path=" + model), line);
    assertThat(out).as("the output stays free for the mended model").doesNotExist();
    assertMistake(
        Ended.inProcess(
            "patch",
            "--model",
            model.toString(),
            "--clean",
            "Paris is",
            "--corrupted",
            "London is"),
        line);
  }

  // The study.

  @Test
  void unknownComponent() {
    String line = "Unknown component 'mpl': atlas-6l has " + COMPONENTS + "; did you mean 'mlp'?";
    assertMistake(run("--set", "sweep.components=[mpl]"), line);
    assertMistake(plan("--set", "sweep.components=[mpl]"), line);
    assertMistake(patch("--components", "mpl"), line);
  }

  @Test
  void layerOutOfRange() {
    String line = "Cannot patch layer 9: atlas-6l has 6 layers (0-5)";
    assertMistake(run("--set", "sweep.layers=[9]"), line);
    assertMistake(plan("--set", "sweep.layers=[9]"), line);
    assertMistake(patch("--layers", "9"), line);
    assertMistake(patch("--layers", "4-9"), "Cannot patch layers 4-9: atlas-6l has 6 layers (0-5)");
  }

  @Test
  void headOutOfRange() {
    String line = "Cannot patch head 9 of self_attn.z: atlas-6l has 6 heads (0-5)";
    assertMistake(
        run(
            "--set",
            "sweep.components=[self_attn.z]",
            "--set",
            "sweep.heads=[9]",
            "--set",
            "sweep.layers=all"),
        line);
    assertMistake(patch("--components", "self_attn.z", "--heads", "9"), line);
  }

  @Test
  void unknownMetric() {
    String problem = "metrics: 'l3' is not one of " + METRICS + "; did you mean 'l2'?";
    assertMistake(run("--set", "metrics=[l3]"), "--set metrics=[l3]: " + problem);
    assertMistake(patch("--metrics", "l3"), "--metrics l3: " + problem);
  }

  @Test
  void unknownStudyKey() throws IOException {
    Files.writeString(
        study, Files.readString(study).replace("layers = [0]", "layers = [0], layer = 1"));
    String line = study + ":4: sweep.layer: unknown key: did you mean 'layers'?";
    assertMistake(run(), line);
    assertMistake(plan(), line);
  }

  @Test
  void unknownKeyOfASetting() {
    assertMistake(
        run("--set", "promts.path=x.jsonl"),
        "--set promts.path=x.jsonl: promts: unknown key: did you mean 'prompts'?");
    assertMistake(run("--set", "metrics"), "--set metrics: write it as --set key=value");
  }

  @Test
  void everyProblemOfAStudyHasALineOfItsOwn() {
    Ended ended = run("--set", "metrics=[l3]", "--set", "promts.path=x");
    assertThat(ended.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(ended.messages())
        .containsExactlyInAnyOrder(
            "patchgrid: --set metrics=[l3]: metrics: 'l3' is not one of "
                + METRICS
                + "; did you mean 'l2'?",
            "patchgrid: --set promts.path=x: promts: unknown key: did you mean 'prompts'?");
  }

  @Test
  void missingStudyFile() {
    Path missing = directory.resolve("none.conf");
    String line = "Cannot find the study file " + missing + ": check the path";
    assertMistake(Ended.inProcess("run", missing.toString(), "--out", out.toString()), line);
    assertMistake(Ended.inProcess("plan", missing.toString()), line);
  }

  // The prompts.

  @Test
  void malformedPromptLine() throws IOException {
    Path file = prompts("malformed.jsonl", USABLE, "", "{\"claen\": \"a\", \"corrupted\": \"b\"}");
    String line = file + ":3: unknown field 'claen': did you mean 'clean'?";
    assertMistake(run("--set", "prompts.path=" + file), line);
    assertMistake(plan("--set", "prompts.path=" + file), line);
  }

  @Test
  void promptLineThatIsNotJson() throws IOException {
    Path file = prompts("broken.jsonl", USABLE, "{\"clean\": \"a\", corrupted: \"b\"}");
    assertMistake(
        run("--set", "prompts.path=" + file),
        file
            + ":2: the line is not JSON at column 16: Unexpected character ('c' (code 99)): was"
            + " expecting double-quote to start field name; mend it there");
  }

  @Test
  void emptyPrompt() throws IOException {
    Path file = prompts("blank.jsonl", USABLE, "{\"clean\": \"\", \"corrupted\": \"b\"}");
    assertMistake(
        run("--set", "prompts.path=" + file, "--set", "prompts.on-error=fail"),
        "Cannot use pair '2' of file:"
            + file
            + " (invalid): the clean prompt is empty; give it a text; mend it, or set"
            + " prompts.on-error = skip");
    assertMistake(
        Ended.inProcess(
            "patch", "--model", atlas.toString(), "--clean", "Paris is", "--corrupted", " "),
        "--corrupted is empty: give the prompt's text");
  }

  @Test
  void emptyPromptIsSkippedByDefault() throws IOException {
    Path file = prompts("blank.jsonl", USABLE, "{\"clean\": \"\", \"corrupted\": \"b\"}");
    Ended ended = run("--set", "prompts.path=" + file);
    assertThat(ended.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(ended.messages()).isEmpty();
    assertThat(ended.output()).contains("pairs by status: invalid 1, ok 1");
  }

  @Test
  void emptyPromptSet() throws IOException {
    Path file = prompts("empty.jsonl");
    String line = "Cannot use prompts " + file + ": there is no pair in it; add one a line";
    assertMistake(run("--set", "prompts.path=" + file), line);
    assertMistake(plan("--set", "prompts.path=" + file), line);
  }

  @Test
  void missingPromptSet() {
    Path file = directory.resolve("none.jsonl");
    assertMistake(
        run("--set", "prompts.path=" + file),
        "Cannot read prompts " + file + ": there is no such file; check prompts.path");
  }

  @Test
  void answerOfTwoTokens() throws IOException {
    String reason =
        "(answer_not_one_token): answer \" Paris London\" continues the clean prompt by 2 tokens,"
            + " \"ĠParis\", \"ĠLondon\"; give one of a single token, or set prompts.answer-token = first; ";
    Path file =
        prompts(
            "answer.jsonl",
            USABLE,
            USABLE.replace("usable", "two").replace("}", ", \"answer\": \" Paris London\"}"));
    assertMistake(
        run("--set", "prompts.path=" + file, "--set", "prompts.on-error=fail"),
        "Cannot use pair 'two' of file:"
            + file
            + " "
            + reason
            + "mend it, or set prompts.on-error = skip");
    assertMistake(
        patch("--answer", " Paris London"),
        "Cannot use this pair "
            + reason
            + "the tokens are [<|bos|>, Paris, Ġis] and [<|bos|>, London, Ġis]");
  }

  // Where results go.

  @Test
  void outputOfAnotherStudy() {
    Ended first = run();
    assertThat(first.exitCode()).as(first.errors()).isEqualTo(ExitCode.DONE);
    Ended second = run("--set", "metrics=[kl]");
    assertThat(second.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(second.output()).isEmpty();
    assertThat(second.messages())
        .singleElement()
        .asString()
        .matches(
            "patchgrid: Cannot use '"
                + out
                + "': it holds study 'mistakes' with fingerprint [0-9a-f]{64}, not 'mistakes' with"
                + " fingerprint [0-9a-f]{64} \\(they differ in: metrics\\); choose another --out");
  }

  @Test
  void outputThatCannotBeWritten() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    Ended below = run("--set", "output.path=" + file + "/results");
    assertThat(below.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(below.messages())
        .singleElement()
        .asString()
        .startsWith("patchgrid: Cannot write results to '" + file + "/results': ")
        .endsWith(
            "; check its permissions and the space that is left, or choose another --out (what is"
                + " stored is kept: the same command resumes)");
    assertMistake(
        run("--set", "output.path=" + file),
        "Cannot write results to '" + file + "': it is a file; choose another --out");
  }

  @Test
  void noOutput() {
    assertMistake(
        Ended.inProcess("run", study.toString()),
        "Study 'mistakes' has no output: give --out DIR or set output.path");
  }

  @Test
  void directoryWithoutAStudy() {
    String line =
        "No study in '%s': it has no manifest/study.json; name a directory that was the --out of a run"
            .formatted(directory);
    assertMistake(Ended.inProcess("status", directory.toString()), line);
    assertMistake(Ended.inProcess("verify", directory.toString()), line);
    assertMistake(Ended.inProcess("status", ""), "The path of the results is blank: give one");
  }

  // What a study says.

  @Test
  void unknownQuery() {
    Ended ended = Ended.inProcess("export", directory.toString(), "--query", "top-site");
    assertThat(ended.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(ended.messages())
        .singleElement()
        .asString()
        .startsWith("patchgrid: No query 'top-site': there are changes, ")
        .endsWith(", top-sites; did you mean 'top-sites'?");
  }

  @Test
  void valuesThatAQueryCannotTake() throws IOException {
    Path results = directory.resolve("results");
    new SimulatedStudy(6, 3, 2, 5, 3).write(results, 1);
    String path = results.toString();
    assertMistake(
        Ended.inProcess("export", path, "--query", "pairs", "--parameter", "statu=ok"),
        "Query 'pairs' has no parameter 'statu': it has status, top; did you mean 'status'?");
    assertMistake(
        Ended.inProcess(
            "export", path, "--query", "pairs", "--parameter", "top=1", "--parameter", "top=2"),
        "--parameter top is given twice: a query takes one value of it");
    assertMistake(
        Ended.inProcess("export", path, "--query", "pairs", "--parameter", "top"),
        "Cannot use --parameter 'top': write it as NAME=VALUE");
    assertMistake(
        Ended.inProcess("export", path, "--query", "pairs", "--parameter", "top=many"),
        "Cannot use 'many' as the parameter top: it is not a whole number");
    assertMistake(
        Ended.inProcess("export", path, "--query", "distribution", "--parameter", "bins=0"),
        "Cannot use '0' as the parameter bins: it must be at least 1");
    assertMistake(
        Ended.inProcess("export", path, "--query", "pairs", "--parameter", "top=-1"),
        "Cannot use '-1' as the parameter top: it must be at least 1");
    assertMistake(
        Ended.inProcess("export", path, "--query", "pair-tokens"),
        "Query 'pair-tokens' needs the parameter 'pair_id': give --parameter pair_id=VALUE");
    assertMistake(
        Ended.inProcess("export", path, "--query", "pairs", "--parameter", "status=oks"),
        "The study has no status 'oks': there are ok; did you mean 'ok'?");
  }

  @Test
  void aTableIsNotExported() {
    assertMistake(
        Ended.inProcess("export", directory.toString(), "--format", "table"),
        "Cannot export as a table: --format is csv or json");
  }

  @Test
  void withoutPatchgridsDirectory() {
    String home = System.clearProperty("patchgrid.home");
    try {
      assertMistake(
          Ended.inProcess("export", directory.toString(), "--query", "top-sites"),
          "Cannot find the files that export needs of Patchgrid's directory: start it by the"
              + " launcher there, ./patchgrid, or name the directory by -Dpatchgrid.home");
    } finally {
      System.setProperty("patchgrid.home", home);
    }
  }

  @Test
  void aFileThatTheSystemDoesNotLetBeWritten() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "").resolve("below");
    assertThatThrownBy(() -> OutputFiles.write(file, "--out", () -> Files.createFile(file)))
        .isInstanceOf(PatchgridException.class)
        .hasMessage("Cannot write '" + file + "': Not a directory; choose another --out");
  }

  // Spark.

  @Test
  void masterThatSparkDoesNotKnow() {
    assertMistake(
        Ended.inProcess("run", study.toString(), "--out", out.toString(), "--master", "locl"),
        "Cannot start Spark with master 'locl': Could not parse Master URL: 'locl'; check the"
            + " master and Spark's settings");
    assertMistake(
        run("--spark-conf", "spark.task.cpus"),
        "--spark-conf needs key=value, not 'spark.task.cpus'");
  }

  @Test
  void masterThatIsNotThere() {
    assertMistake(
        Ended.inProcess(
            "run",
            study.toString(),
            "--out",
            out.toString(),
            "--master",
            "spark://127.0.0.1:1,no-such-host.invalid:7077"),
        "Cannot reach a Spark master at 'spark://127.0.0.1:1,no-such-host.invalid:7077'"
            + " (127.0.0.1:1: Connection refused; no-such-host.invalid:7077: unknown host): check"
            + " the address, that the master runs, and that this machine may connect to it");
    assertThat(out).doesNotExist();
  }

  // The command line.

  @Test
  void unknownCommand() {
    assertMistake(
        Ended.inProcess("patc"),
        "Unknown command 'patc': did you mean 'patch'?; see patchgrid --help");
    assertMistake(
        Ended.inProcess("rnu"), "Unknown command 'rnu': did you mean 'run'?; see patchgrid --help");
    assertMistake(
        Ended.inProcess("prompts", "mkae"),
        "Unknown command 'mkae': did you mean 'make'?; see patchgrid prompts --help");
  }

  @Test
  void unknownOption() {
    assertMistake(
        run("--sett", "metrics=[l2]"),
        "Unknown option '--sett': did you mean '--set'?; see patchgrid run --help");
    assertMistake(
        Ended.inProcess("patch", "--modle=" + atlas, "--clean", "a", "--corrupted", "b"),
        "Unknown option '--modle': did you mean '--model'?; see patchgrid patch --help");
  }

  @Test
  void missingOptionOrArgument() {
    assertMistake(
        Ended.inProcess("patch", "--clean", "a", "--corrupted", "b"),
        "Missing required option: '--model=DIR'; see patchgrid patch --help");
    assertMistake(
        Ended.inProcess("run"),
        "Missing required parameter: 'STUDY.conf'; see patchgrid run --help");
    assertMistake(run("more"), "Unexpected argument 'more'; see patchgrid run --help");
  }

  @Test
  void portThatIsNone() {
    for (String port : List.of("-1", "99999")) {
      assertMistake(
          Ended.inProcess("dashboard", directory.toString(), "--port", port),
          "--port must be from 0 to 65535, not " + port);
    }
  }

  @Test
  void unknownFormat() {
    assertMistake(
        patch("--format", "jsn"),
        "Invalid value for option '--format': 'jsn' is not one of table, csv, json; did you mean"
            + " 'json'?; see patchgrid patch --help");
    assertMistake(
        patch("--format", "xml"),
        "Invalid value for option '--format': 'xml' is not one of table, csv, json; see patchgrid"
            + " patch --help");
  }

  @Test
  void noCommandShowsWhatThereIs() {
    Ended ended = Ended.inProcess();
    assertThat(ended.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(ended.errors()).startsWith("Usage: patchgrid [-hV] [COMMAND]");
  }

  private Ended run(String... more) {
    return Ended.inProcess(runArguments(more));
  }

  private String[] runArguments(String... more) {
    return Stream.concat(
            Stream.of("run", study.toString(), "--out", out.toString(), "--master", "local[1]"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  private Ended plan(String... more) {
    List<String> arguments = new ArrayList<>(List.of("plan", study.toString()));
    arguments.addAll(List.of(more));
    return Ended.inProcess(arguments.toArray(String[]::new));
  }

  private Ended patch(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "patch",
                "--model",
                atlas.toString(),
                "--clean",
                "Paris is",
                "--corrupted",
                "London is"));
    arguments.addAll(List.of(more));
    return Ended.inProcess(arguments.toArray(String[]::new));
  }

  private static void assertMistake(Ended ended, String line) {
    assertThat(ended.messages()).containsExactly("patchgrid: " + line);
    assertThat(ended.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(ended.output()).isEmpty();
  }

  /** Picocli would put the file's content in its place. */
  @Test
  void anArgumentThatBeginsWithAtIsItself() throws IOException {
    Path file = Files.writeString(directory.resolve("study.conf"), "--help");
    Ended ended = Ended.inProcess("plan", "@" + file);
    assertThat(ended.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(ended.errors()).contains("@" + file);
  }

  /** With two slashes, as people write it, the first name is a host. */
  @Test
  void aHostInTheNameOfALocalFileIsToldOf() throws IOException {
    String study = SmallStudy.write(directory).toString();
    String host = "'results' is the name of a host there; write file:///DIRECTORY, or the path";
    for (String[] command :
        List.of(
            new String[] {"status", "file://results/x"},
            new String[] {"plan", "file://results/study.conf"},
            new String[] {"plan", study, "--set", "model.path=\"file://results/m\""},
            new String[] {"plan", study, "--set", "prompts.path=\"file://results/p.jsonl\""})) {
      Ended ended = Ended.inProcess(command);
      assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(ExitCode.USER_ERROR);
      assertThat(ended.errors()).contains(host);
    }
  }
}
