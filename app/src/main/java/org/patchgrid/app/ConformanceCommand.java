package org.patchgrid.app;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.patchgrid.experiment.Conformance;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.study.TokenizedPair;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The identities that must hold on any model, checked on this one. */
@Command(
    name = "conformance",
    description = "Check on a model and a pair of prompts what must hold on any.",
    mixinStandardHelpOptions = true)
final class ConformanceCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Mixin private ModelOption model = new ModelOption();

  @Option(names = "--clean", description = "the clean prompt (default: one of 12 tokens or so)")
  private @Nullable String clean;

  @Option(
      names = "--corrupted",
      description = "the corrupted prompt (default: the same about another city)")
  private @Nullable String corrupted;

  @Override
  public Integer call() {
    try (LoadedModel loaded = LoadedModel.load(model.directory())) {
      TokenizedPair pair =
          BenchPair.choose(loaded, Optional.ofNullable(clean), Optional.ofNullable(corrupted));
      PrintWriter out = Console.out(spec);
      out.println(
          "model      " + loaded.structure().name() + ", kernel " + loaded.kernel().label());
      out.println("clean      " + String.join(" ", pair.clean().texts()));
      out.println("corrupted  " + String.join(" ", pair.corrupted().texts()));
      List<Conformance.Line> lines = Conformance.check(loaded, pair);
      for (Conformance.Line line : lines) {
        out.printf(
            Locale.ROOT,
            "%-6s %-50s largest deviation %-9s allowed %-7s in %,d comparisons%n",
            line.holds() ? "ok" : "FAILED",
            line.identity(),
            number(line.largestDeviation()),
            number(line.allowed()),
            line.comparisons());
      }
      long failed = lines.stream().filter(line -> !line.holds()).count();
      out.println(
          failed == 0
              ? "all identities hold"
              : failed + " identities do not hold: trust no result of this model here");
      out.flush();
      return failed == 0 ? ExitCode.DONE : ExitCode.INCOMPLETE;
    }
  }

  private static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.2g", value);
  }
}
