package org.patchgrid.experiment;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.patch.SiteExpansion;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.wave.SweepSchedule;

/**
 * Whether a sweep's time grows as its operations are counted: {self_attn, mlp} over the last layers
 * of a model, for some numbers of layers and of pairs of 12 random tokens. Each time is the best of
 * several, taken in turns. Gates nothing; the table of docs/performance.md. From the root:
 *
 * <pre>{@code
 * mvn -B -q -pl model-runtime test-compile dependency:build-classpath -Dmdep.outputFile=target/test-classpath.txt
 * OMP_NUM_THREADS=1 java -Dai.djl.offline=true -Dai.djl.pytorch.num_threads=1 \
 *     -cp model-runtime/target/test-classes:model-runtime/target/classes:$(cat model-runtime/target/test-classpath.txt) \
 *     org.patchgrid.experiment.BenchmarkCost models/SmolLM2-135M-Instruct-4bit
 * }</pre>
 */
final class BenchmarkCost {
  private static final int ROUNDS = 5;
  private static final List<Integer> PAIRS = List.of(1, 2, 4, 8, 16);
  private static final int TOKENS = 12;
  private static final int FIRST_DIFFERENCE = 4;

  private final LoadedModel model;
  private final NDManager manager;

  private BenchmarkCost(LoadedModel model, NDManager manager) {
    this.model = model;
    this.manager = manager;
  }

  /** One line of the table. */
  private record Work(int layers, List<PairCells> pairs, double operations) {}

  public static void main(String[] arguments) {
    try (LoadedModel model = LoadedModel.load(Path.of(arguments[0]));
        NDManager manager = model.newManager()) {
      JniUtils.setGradMode(false);
      new BenchmarkCost(model, manager).print();
    }
  }

  private void print() {
    int layers = model.structure().layers();
    List<Work> works = new ArrayList<>();
    for (int part = 1; part <= 6; part++) {
      works.add(work(layers * part / 6, 1));
    }
    PAIRS.forEach(pairs -> works.add(work(layers, pairs)));
    List<Double> seconds = new ArrayList<>(Collections.nCopies(works.size(), Double.MAX_VALUE));
    for (int round = 0; round <= ROUNDS; round++) { // the first lets all parts get warm
      for (int i = 0; i < works.size(); i++) {
        double once = seconds(works.get(i));
        seconds.set(i, round == 0 ? Double.MAX_VALUE : Math.min(seconds.get(i), once));
      }
    }
    System.out.println("layers  pairs  cells/pair  GFLOP/pair  seconds/pair  GFLOP/s");
    for (int i = 0; i < works.size(); i++) {
      Work work = works.get(i);
      int pairs = work.pairs().size();
      System.out.printf(
          Locale.ROOT,
          "%6d %6d %11d %11.1f %13.3f %8.0f%n",
          work.layers(),
          pairs,
          work.pairs().get(0).cells().size(),
          work.operations() / pairs * 1e-9,
          seconds.get(i) / pairs,
          work.operations() / seconds.get(i) * 1e-9);
    }
  }

  private double seconds(Work work) {
    PatchEngine engine = model.engine(Computation.of(Engine.WAVEFRONT), manager);
    long begin = System.nanoTime();
    engine.run(work.pairs());
    return (System.nanoTime() - begin) * 1e-9;
  }

  private Work work(int layers, int pairs) {
    ModelStructure structure = model.structure();
    SiteExpansion expansion = new SiteExpansion(structure);
    List<PairCells> cells = new ArrayList<>();
    for (int i = 0; i < pairs; i++) {
      TokenizedPair pair = pair(new Random(i));
      List<PatchedCell> ofPair = new ArrayList<>();
      for (Component component : List.of(Component.SELF_ATTN, Component.MLP)) {
        for (int layer = structure.layers() - layers; layer < structure.layers(); layer++) {
          PatchSite site =
              new PatchSite(component, layer, 1, new HeadSelection.All(), new Positions.All());
          ofPair.addAll(
              expansion.cells(new SweepSite("cost", PatchDirection.DENOISING, site), pair));
        }
      }
      cells.add(new PairCells(pair, ofPair));
    }
    SweepSchedule schedule = SweepSchedule.of(structure, cells, Computation.AUTO);
    return new Work(layers, cells, schedule.operations());
  }

  private TokenizedPair pair(Random random) {
    List<Integer> clean = new ArrayList<>();
    for (int position = 0; position < TOKENS; position++) {
      clean.add(random.nextInt(model.structure().vocabularySize()));
    }
    List<Integer> corrupted = new ArrayList<>(clean);
    corrupted.set(FIRST_DIFFERENCE, random.nextInt(model.structure().vocabularySize()));
    return TestPairs.ofIds(clean, corrupted);
  }
}
