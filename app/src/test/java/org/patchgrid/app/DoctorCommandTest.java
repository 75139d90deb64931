package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code doctor}. */
class DoctorCommandTest {
  private static final Path FAMILIES =
      SmallStudy.root().resolve("model-runtime/src/test/resources/families");

  @Test
  void saysWhatTheDemoModelIs() {
    Ended doctor =
        Ended.inProcess(
            "doctor", "--model", SmallStudy.root().resolve("data/models/atlas-6l").toString());
    assertThat(doctor.exitCode()).as(doctor.errors()).isEqualTo(ExitCode.DONE);
    assertThat(doctor.output().lines())
        .contains(
            "model            atlas-6l",
            "family           llama",
            "sizes            6 layers, width 192, 6 query and 2 key-value heads of 32, MLP 512, vocabulary 1699",
            "quantisation     none")
        .anyMatch(line -> line.matches("memory float32 +[\\d,]+ MB an executor .*"))
        .anyMatch(line -> line.matches("memory bfloat16 +[\\d,]+ MB an executor .*"))
        .anyMatch(line -> line.matches("kernel plain +a row.*"))
        .anyMatch(
            line -> line.matches("plain weights +1[\\d.]+ MB, one copy for all exec.*weights"))
        .anyMatch(line -> line.matches("round trip +\\d+ tokens spell .*|round trip +'.*"));
  }

  @Test
  void saysWhetherSparkStartsHere(@TempDir Path directory) throws IOException {
    Ended doctor = Ended.inProcess("doctor");
    assertThat(doctor.exitCode()).as(doctor.errors()).isEqualTo(ExitCode.DONE);
    assertThat(doctor.output().lines())
        .anyMatch(line -> line.matches("heap +[\\d,.]+ MB at most"))
        .anyMatch(line -> line.matches("spark scratch +[\\d,.]+ MB free in .+"))
        .anyMatch(line -> line.matches("spark +4\\.\\d+\\.\\d+, starts here and runs a job"));
    String before = System.getProperty("spark.local.dir");
    Path file = Files.createFile(directory.resolve("file"));
    try {
      System.setProperty("spark.local.dir", directory + "/a," + file.resolve("below"));
      Ended refused = Ended.inProcess("doctor");
      assertThat(refused.exitCode()).isEqualTo(ExitCode.USER_ERROR);
      assertThat(refused.errors())
          .contains("Spark cannot write to its scratch directory " + file.resolve("below"))
          .endsWith("name another in SPARK_LOCAL_DIRS\n");
    } finally {
      if (before == null) {
        System.clearProperty("spark.local.dir");
      } else {
        System.setProperty("spark.local.dir", before);
      }
    }
  }

  @Test
  void saysWhichSparkIsForSparkSubmit(@TempDir Path directory) throws IOException {
    assertThat(SparkHere.distribution(Optional.empty())).startsWith("not set");
    assertThat(SparkHere.distribution(Optional.of(directory.toString())))
        .isEqualTo(directory + ": no Spark there (it has no jars/spark-core_*.jar)");
    Path jars = Files.createDirectory(directory.resolve("jars"));
    Files.createFile(jars.resolve("spark-core_2.12-3.5.9.jar"));
    assertThat(SparkHere.distribution(Optional.of(directory.toString())))
        .isEqualTo(directory + ": Spark 3.5.9 for Scala 2.12");
  }

  @Test
  void whatCannotBeRunExactlyIsRefusedWithAReason(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"llama\"}");
    Path pickle = Files.writeString(directory.resolve("pytorch_model.bin"), "");
    assertRefused(
        directory, "has its weights as pytorch_model.bin, and Patchgrid reads safetensors only");
    Files.delete(pickle);
    Path gguf = Files.writeString(directory.resolve("model.gguf"), "");
    assertRefused(directory, "has its weights as model.gguf");
    Files.delete(gguf);
    try (var files = Files.list(FAMILIES.resolve("llama-mha-f32"))) {
      for (Path file : files.toList()) {
        Path copy = directory.resolve(String.valueOf(file.getFileName()));
        Files.deleteIfExists(copy);
        Files.copy(file, copy);
      }
    }
    Path config = directory.resolve("config.json");
    String text = Files.readString(config);
    Files.writeString(
        config, text.replaceFirst("\\{", "{\"quantization\": {\"mode\": \"mxfp4\", \"bits\": 4},"));
    assertRefused(
        directory, "quantization.mode is \"mxfp4\": Patchgrid reads the mode affine only");
  }

  @Test
  void aStudyThatCanRunIsSaidToAndNothingIsWritten(@TempDir Path directory) throws IOException {
    Path study = SmallStudy.write(directory);
    Path pairs = directory.resolve("prompts.jsonl");
    Files.write(
        pairs, Files.readAllLines(pairs).stream().filter(l -> !l.contains("unequal")).toList());
    Path out = directory.resolve("results/out");
    Ended doctor = Ended.inProcess("doctor", "--study", study.toString(), "--out", out.toString());
    assertThat(doctor.exitCode()).as(doctor.errors()).isEqualTo(ExitCode.DONE);
    assertThat(doctor.output().lines())
        .contains("study            identity, 6 pairs", "usable pairs     all of 6 looked at")
        .anyMatch(line -> line.matches("memory +[\\d,.]+ MB for \\d+ tasks at once .*"))
        .anyMatch(line -> line.startsWith("output           " + out + ", about "));
    assertThat(directory.resolve("results")).doesNotExist();
  }

  /** Not the first alone. */
  @Test
  void allThatAStudyWouldStumbleOverIsNamed(@TempDir Path directory) throws IOException {
    Path study = SmallStudy.write(directory);
    Path foreign = Files.createDirectory(directory.resolve("foreign"));
    Files.createFile(foreign.resolve("notes.txt"));
    Ended doctor =
        Ended.inProcess("doctor", "--study", study.toString(), "--out", foreign.toString());
    assertThat(doctor.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(doctor.errors().lines())
        .satisfiesExactly(
            pairs ->
                assertThat(pairs)
                    .startsWith(
                        "patchgrid: 1 of 7 pairs looked at cannot be used, the first is 'unequal'"
                            + " (length_mismatch): ")
                    .contains("`patchgrid prompts check " + directory.resolve("prompts.jsonl")),
            output ->
                assertThat(output)
                    .contains(
                        "Cannot write results to '" + foreign,
                        "it holds 'notes.txt' but no study"));
    Path file = foreign.resolve("notes.txt");
    assertThat(
            Ended.inProcess(
                    "doctor", "--study", study.toString(), "--out", file.resolve("x").toString())
                .errors())
        .contains("Cannot write results to", file + " is a file; choose another --out");
    assertThat(Ended.inProcess("doctor", "--set", "a=b").errors())
        .contains("--out and --set are of a study");
  }

  @Test
  void tooLittleMemoryOrSpaceIsSaidWithFigures() {
    assertThat(StudyCheckup.memory(2_000_000, 2, 3_000_000, 4_000_000))
        .isEqualTo(
            "2.0 MB for 2 tasks at once beside Java's heap of at most 3.0 MB, on a machine of 4.0 MB");
    assertThatThrownBy(() -> StudyCheckup.memory(5_000_000, 2, 3_000_000, 4_000_000))
        .hasMessageStartingWith("Too little memory: 5.0 MB for 2 tasks at once")
        .hasMessageContaining("--master 'local[1]'");
    assertThat(StudyCheckup.space("out", 1_000_000, 1_000_000))
        .isEqualTo("out, about 1.0 MB of 1.0 MB free");
    assertThatThrownBy(() -> StudyCheckup.space("out", 1_000_001, 1_000_000))
        .hasMessageStartingWith("Too little space for results: out, about 1.0 MB of 1.0 MB free");
  }

  @Test
  void theSetUpOfAMachineIsLookedAt(@TempDir Path directory) throws IOException {
    assertThat(MachineCheckup.cores(4, Optional.empty())).isEqualTo("4");
    assertThat(MachineCheckup.cores(4, Optional.of("2"))).isEqualTo("4, threads of a task: 2");
    assertThatThrownBy(() -> MachineCheckup.cores(4, Optional.of("8")))
        .hasMessageStartingWith("OMP_NUM_THREADS is 8 on a machine of 4 cores: leave it unset");
    assertThatThrownBy(() -> MachineCheckup.cores(4, Optional.of("many")))
        .hasMessageStartingWith("OMP_NUM_THREADS is 'many': leave it unset");
    assertThat(MachineCheckup.cache(directory.resolve("new"))).endsWith("new");
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> MachineCheckup.cache(file))
        .hasMessageContaining("name another directory in PATCHGRID_CACHE");
    assertThat(SparkHere.address("127.0.0.1")).startsWith("127.0.0.1, port ");
    assertThatThrownBy(() -> SparkHere.address("192.0.2.1"))
        .hasMessageStartingWith("Spark cannot listen on SPARK_LOCAL_IP = 192.0.2.1 (")
        .hasMessageContaining("such as 127.0.0.1, or leave it unset");
  }

  private static void assertRefused(Path directory, String why) {
    Ended doctor = Ended.inProcess("doctor", "--model", directory.toString());
    assertThat(doctor.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(doctor.errors()).contains(why);
    assertThat(doctor.errors().lines()).hasSize(1);
  }
}
