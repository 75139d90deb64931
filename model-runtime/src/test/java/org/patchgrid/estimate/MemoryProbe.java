package org.patchgrid.estimate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.experiment.StudyWork;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.Device;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.Positions;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;
import org.patchgrid.study.ValueKind;
import org.patchgrid.weights.ModelDescription;

/**
 * Runs tasks at once in a JVM of its own and prints what was predicted of its memory and what it
 * took: the most that was ever resident, less what was when the libraries had been loaded and used.
 */
public final class MemoryProbe {
  static final String PREDICTED = "predicted ";
  static final String MEASURED = "measured ";
  static final String RESIDENT = "resident ";
  static final String MAPPED = "files of weights mapped ";

  private MemoryProbe() {}

  /**
   * Arguments: a small model to begin with, the model, kernel, tasks, tokens, value, components.
   */
  public static void main(String[] arguments) throws IOException {
    Kernel kernel = Kernel.valueOf(arguments[2]);
    int tasks = Integer.parseInt(arguments[3]);
    int length = Integer.parseInt(arguments[4]);
    List<Component> components =
        List.of(arguments).subList(6, arguments.length).stream().map(Component::valueOf).toList();
    ValueKind value = ValueKind.valueOf(arguments[5]);
    try (LoadedModel small =
        LoadedModel.load(Path.of(arguments[0]), kernel, Dtype.FLOAT32, Device.CPU, 0)) {
      run(small, sites(small.structure(), components, value), 10);
    }
    Path directory = Path.of(arguments[1]);
    ModelDescription description = ModelDescription.read(directory);
    List<SweepSite> sites = sites(description.structure(), components, value);
    ExecutorMemory predicted =
        ExecutorMemory.of(
            description.config(),
            Device.CPU,
            kernel,
            Dtype.FLOAT32,
            Computation.of(Engine.WAVEFRONT),
            Distances.LOGITS,
            sites,
            1,
            length);
    System.gc();
    long before = kilobytes("VmRSS");
    try (LoadedModel model = LoadedModel.load(directory, kernel, Dtype.FLOAT32, Device.CPU, 0)) {
      CompletableFuture.allOf(
              IntStream.range(0, tasks)
                  .mapToObj(task -> CompletableFuture.runAsync(() -> run(model, sites, length)))
                  .toArray(CompletableFuture[]::new))
          .join();
      System.out.println(MAPPED + mappedWeights());
    }
    System.out.println(predicted.describe());
    System.out.println(PREDICTED + predicted.bytes(tasks));
    System.out.println(MEASURED + 1024 * (kilobytes("VmHWM") - before));
    System.out.println(RESIDENT + 1024 * kilobytes("VmHWM"));
  }

  /** Files of weights that this process has mapped. */
  private static long mappedWeights() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .filter(line -> line.endsWith(".safetensors"))
        .count();
  }

  public static List<SweepSite> sites(ModelStructure model, List<Component> components) {
    return sites(model, components, ValueKind.ACTIVATION);
  }

  private static List<SweepSite> sites(
      ModelStructure model, List<Component> components, ValueKind kind) {
    PatchValue value =
        kind == ValueKind.ATTRIBUTION
            ? new PatchValue.Attribution(PatchValue.Attribution.AT_TARGET)
            : PatchValue.ACTIVATION;
    List<SweepSite> sites = new ArrayList<>();
    for (Component component : components) {
      for (int layer = 0; layer < model.layers(); layer++) {
        PatchSite site = new PatchSite(component, layer, 1, HeadSelection.ALL, new Positions.All());
        sites.add(new SweepSite("sweep", PatchDirection.DENOISING, site, value, Corruption.PROMPT));
      }
    }
    return sites;
  }

  public static TaskResult run(LoadedModel model, List<SweepSite> sites, int length) {
    PromptPair pair =
        new PromptPair(
            0,
            "pair",
            new PromptText.Ids(ids(length, 7)),
            new PromptText.Ids(ids(length, 8)),
            new AnswerSpec.Given(List.of(new PromptText.Ids(List.of(9)))),
            new AnswerSpec.Given(List.of(new PromptText.Ids(List.of(10)))),
            Map.of(),
            Map.of());
    MeasurementSettings settings =
        new MeasurementSettings(
            List.of(Metric.values()),
            Distances.LOGITS,
            BosPolicy.NEVER,
            AnswerTokenPolicy.ONE,
            RequiredPrediction.NONE);
    PatchTask task = new PatchTask(0, 0, 1, 0, sites.size());
    return model.run(
        task, List.of(pair), new StudyWork(sites, settings, Computation.of(Engine.WAVEFRONT)));
  }

  /** Prompts that differ where the nominal pair does. */
  private static List<Integer> ids(int length, int different) {
    return IntStream.range(0, length)
        .mapToObj(position -> position == length / 3 ? different : 1 + position % 6)
        .toList();
  }

  private static long kilobytes(String key) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(key + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
