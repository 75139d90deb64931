package org.patchgrid.estimate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.patchgrid.experiment.TestModels;
import org.patchgrid.study.Component;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ValueKind;
import org.patchgrid.weights.RandomCheckpoint;
import org.patchgrid.weights.SharingProcess;

/**
 * Whether a model of 1.2 billion parameters takes the memory that {@code plan} states, and two
 * processes one copy of the plain kernel's weights: {@code bin/large-model-check}.
 */
final class LargeModelCheck {
  /** Llama-3.2-1B's. */
  private static final Map<String, Object> SIZES =
      Map.of(
          "vocab_size", 128_256,
          "hidden_size", 2048,
          "intermediate_size", 8192,
          "num_hidden_layers", 16,
          "num_attention_heads", 32,
          "num_key_value_heads", 8,
          "head_dim", 64,
          "max_position_embeddings", 131_072);

  private static final List<Component> COMPONENTS =
      List.of(Component.SELF_ATTN, Component.Z, Component.MLP);
  private static final int SHARDS = 3;
  private static final int TOKENS = 12;
  private static final int TASKS = 2;
  private static final double TOLERANCE = 0.15;
  private static final double BYTES_A_MEGABYTE = 1e6;
  private static final double MOST_MEGABYTES = 12_000;

  private final Path directory;
  private boolean holds = true;

  private LargeModelCheck(Path directory) {
    this.directory = directory;
  }

  /** Argument: a directory, for the model (2.5 GB) and its shared weights (4.9 GB). */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    LargeModelCheck check = new LargeModelCheck(Path.of(arguments[0]).toAbsolutePath());
    check.run();
    System.exit(check.holds ? 0 : 1);
  }

  private void run() throws IOException, InterruptedException {
    Path model = directory.resolve("model");
    if (!Files.exists(model)) {
      Path incoming = Files.createTempDirectory(Files.createDirectories(directory), "incoming");
      RandomCheckpoint.write(
          incoming, TestModels.family("llama-llama3rope-tied-bf16"), SIZES, SHARDS);
      Files.move(incoming, model);
    }
    for (Kernel kernel : Kernel.values()) {
      memory(model, kernel);
    }
    sharing(model);
  }

  private void memory(Path model, Kernel kernel) throws IOException, InterruptedException {
    MemoryUse use =
        MemoryUse.of(
            Files.createTempDirectory(directory, kernel.label()),
            model,
            kernel,
            TASKS,
            TOKENS,
            ValueKind.ACTIVATION,
            COMPONENTS);
    double ratio = (double) use.measured() / use.predicted();
    print(
        Math.abs(ratio - 1) <= TOLERANCE,
        "%s, %d tasks at once: stated %,.0f MB, measured %,.0f MB (%.3f of it)",
        kernel.label(),
        TASKS,
        megabytes(use.predicted()),
        megabytes(use.measured()),
        ratio);
    print(
        megabytes(use.resident()) < MOST_MEGABYTES,
        "%s: %,.0f MB of the whole process were ever resident",
        kernel.label(),
        megabytes(use.resident()));
    print(use.mappedFiles() == 0, "%s: no file of the checkpoint is mapped", kernel.label());
  }

  private void sharing(Path model) throws IOException {
    Optional<Path> shared = Optional.of(directory.resolve("shared"));
    try (SharingProcess first = SharingProcess.start(model, shared)) {
      String expected = first.measurements(); // written by now
      try (SharingProcess second = SharingProcess.start(model, shared)) {
        print(second.measurements().equals(expected), "two processes measure the same numbers");
        for (SharingProcess.Memory memory : List.of(first.memory(), second.memory())) {
          print(
              memory.weightsShare() < 0.55 * memory.weightsResident()
                  && memory.share() < 0.65 * memory.resident(),
              "a process of two: resident %,.0f MB, its share %,.0f MB; of the weights %,.0f MB and %,.0f MB",
              megabytes(memory.resident()),
              megabytes(memory.share()),
              megabytes(memory.weightsResident()),
              megabytes(memory.weightsShare()));
        }
      }
    }
    try (SharingProcess alone = SharingProcess.start(model, Optional.empty());
        SharingProcess one = SharingProcess.start(model, shared)) {
      print(
          alone.measurements().equals(one.measurements()),
          "a process with weights of its own measures what one with shared weights does");
    }
  }

  private void print(boolean good, String format, Object... values) {
    holds &= good;
    System.out.println(
        (good ? "ok      " : "FAILED  ") + String.format(Locale.ROOT, format, values));
  }

  private static double megabytes(long bytes) {
    return bytes / BYTES_A_MEGABYTE;
  }
}
