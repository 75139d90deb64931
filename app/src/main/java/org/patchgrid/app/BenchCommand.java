package org.patchgrid.app;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.experiment.SweepBenchmark;
import org.patchgrid.experiment.SweepTimes;
import org.patchgrid.experiment.SweepWay;
import org.patchgrid.study.TokenizedPair;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast this machine patches, beside the plain ways of doing the same. */
@Command(
    name = "bench",
    description = "Measure cells per second here, beside the plain ways of doing the same sweep.",
    footer = {
      "  ./patchgrid bench --model data/models/atlas-6l",
      "  ./patchgrid bench --model data/models/atlas-6l \\",
      "      --sweep guide,heads --ways full-batch,wave"
    })
final class BenchCommand extends PatchgridCommand {
  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--sweep",
      paramLabel = "NAME",
      split = ",",
      description =
          "outputs (self_attn, mlp x layers), guide (its twelve x layers), positions (resid_pre, self_attn, mlp x layers x positions), heads (z x layers x heads); several with commas (default: outputs)")
  private List<BenchSweep> sweeps = List.of(BenchSweep.OUTPUTS);

  @Mixin private PairOptions prompts = new PairOptions();

  @Option(
      names = "--ways",
      paramLabel = "NAME",
      split = ",",
      description =
          "what is timed: seed, per-cell, full-batch, wave; wave always is (default: all)")
  private List<SweepWay> ways = List.of(SweepWay.values());

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads of arithmetic, the same for every way (default: ${DEFAULT-VALUE})")
  private int threads = 1;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "how often each way is timed, in turns (default: ${DEFAULT-VALUE})")
  private int rounds = 3;

  @Option(
      names = "--sample",
      paramLabel = "CELLS",
      description =
          "time the ways seed and per-cell on about so many cells, and scale to all (default: ${DEFAULT-VALUE})")
  private int sample = 60;

  @Mixin private FormatOption format = new FormatOption();

  @Override
  int run() throws IOException {
    Converters.requirePositive("--threads", threads);
    Converters.requirePositive("--rounds", rounds);
    Converters.requirePositive("--sample", sample);
    // Read when the engine loads, once a process.
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    try (LoadedModel loaded = LoadedModel.load(model.directory())) {
      TokenizedPair pair = prompts.choose(loaded);
      SweepBenchmark benchmark = new SweepBenchmark(loaded, Set.copyOf(ways), rounds, sample);
      Map<BenchSweep, SweepTimes> times = new EnumMap<>(BenchSweep.class);
      for (BenchSweep sweep : sweeps) {
        times.put(
            sweep,
            benchmark.run(pair, sweep.sites(loaded.structure()), round -> tellRound(sweep, round)));
      }
      new BenchTable(loaded.structure().name(), pair, threads, times).print(format.chosen(), out());
    }
    return ExitCode.DONE;
  }

  private void tellRound(BenchSweep sweep, int round) {
    err().printf("%s: round %d of %d%n", sweep, round, rounds);
  }
}
