package org.patchgrid.app;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.patchgrid.experiment.PairPredictions.CheckedPair;
import org.patchgrid.study.PairStatus;

/** Counts of a checked prompt set. */
final class CheckSummary {
  private final Map<PairStatus, Integer> byStatus = new TreeMap<>();
  private int usable;
  private int equal;
  private int withAnswer;
  private int rightAnswer;
  private int withFoil;
  private int rightFoil;

  void add(CheckedPair checked) {
    byStatus.merge(checked.pair().status(), 1, Integer::sum);
    if (checked.predictions().isEmpty()) {
      return;
    }
    usable++;
    boolean both = checked.pair().hasCorrupted();
    equal += both && checked.pair().firstDifference().isEmpty() ? 1 : 0;
    int clean = checked.predictions().get().clean().token();
    int corrupted = checked.predictions().get().corrupted().token();
    withAnswer += checked.answers().isEmpty() ? 0 : 1;
    rightAnswer += checked.answers().contains(clean) ? 1 : 0;
    withFoil += checked.foils().isEmpty() || !both ? 0 : 1;
    rightFoil += both && checked.foils().contains(corrupted) ? 1 : 0;
  }

  int unusable() {
    return byStatus.values().stream().mapToInt(Integer::intValue).sum() - usable;
  }

  void print(PrintWriter out) {
    out.println(
        "pairs by status        "
            + byStatus.entrySet().stream()
                .map(count -> count.getKey().label() + " " + number(count.getValue()))
                .collect(Collectors.joining(", ")));
    out.println("clean top-1 an answer  " + share(rightAnswer, withAnswer));
    out.println("corrupted top-1 a foil " + share(rightFoil, withFoil));
    if (equal > 0) {
      out.println("prompts that are equal " + number(equal) + ": no patch can change them");
    }
  }

  private static String share(int hits, int of) {
    return of == 0 ? "none is given" : number(hits) + " of " + number(of);
  }

  private static String number(int count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
