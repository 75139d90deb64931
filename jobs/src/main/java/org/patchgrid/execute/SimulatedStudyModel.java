package org.patchgrid.execute;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.estimate.ExecutorMemory;
import org.patchgrid.experiment.TaskModel;
import org.patchgrid.plan.StudyPlan;
import org.patchgrid.simulated.SimulatedModel;
import org.patchgrid.simulated.SimulatedTokens;
import org.patchgrid.study.Device;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.Sha256;

/** A load generator in the place of a model; the same on every host. */
record SimulatedStudyModel(SimulatedModel model) implements StudyModel {
  /** Changes with the numbers that it gives. */
  private static final String GENERATOR = "simulated 1";

  @Override
  public ModelStructure structure() {
    return model.structure();
  }

  @Override
  public String fingerprint() {
    return Sha256.of((GENERATOR + " " + model.spec()).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String networkFingerprint() {
    return fingerprint();
  }

  @Override
  public String tokenizerFingerprint() {
    return fingerprint(); // its tokens are of the generator too
  }

  @Override
  public Kernel kernel(StudyConfig study) {
    return Kernel.PLAIN;
  }

  @Override
  public String kernelHere(StudyConfig study, Kernel kernel) {
    return GENERATOR;
  }

  @Override
  public Tokens tokens(StudyConfig study) {
    return new Tokens(SimulatedTokens::of, () -> {}); // there is nothing to free
  }

  @Override
  public ExecutorMemory memory(StudyConfig study, StudyPlan plan, Kernel kernel, int longest) {
    return new ExecutorMemory(Device.CPU, 0, 0, 0, 0);
  }

  @Override
  public TaskModel load(ModelRef ref, int gpu, Optional<Path> shared) {
    return model;
  }
}
