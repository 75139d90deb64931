package org.patchgrid.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.patchgrid.experiment.TestCells;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.Cell;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.Component;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/** Rows of cells and pairs, in order, whose every value can be told from every other. */
public final class SampleRows {
  private SampleRows() {}

  /** Of one pair: two layers, two metrics. */
  public static List<Measurement> of(String pairId, double seed) {
    return IntStream.range(0, 2)
        .boxed()
        .flatMap(
            layer ->
                List.of(Metric.KL, Metric.L2).stream()
                    .map(metric -> row(cell(pairId, layer), metric, seed + layer)))
        .sorted(Measurement.ROW_ORDER)
        .toList();
  }

  public static Cell cell(String pairId, int layer) {
    return TestCells.cell(
        "sweep",
        pairId,
        PatchDirection.DENOISING,
        Component.MLP,
        layer,
        1,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty());
  }

  public static Measurement row(Cell cell, Metric metric, double patched) {
    return new Measurement(
        cell,
        metric,
        OptionalDouble.of(0.0),
        OptionalDouble.of(10.0),
        OptionalDouble.of(patched),
        OptionalDouble.of((patched - 10.0) / -10.0),
        OptionalDouble.of((patched - 10.0) / -10.0),
        CellStatus.OK);
  }

  public static Measurement failed(Cell cell, Metric metric) {
    OptionalDouble none = OptionalDouble.empty();
    return new Measurement(cell, metric, none, none, none, none, none, CellStatus.FAILED);
  }

  public static PairResult pair(String id, PairStatus status) {
    PromptPair prompt =
        new PromptPair(
            0,
            id,
            new PromptText.Text("The capital of France is"),
            new PromptText.Text("The capital of Italy is"),
            new AnswerSpec.None(),
            new AnswerSpec.None(),
            Map.of(),
            Map.of("relation", "capital"));
    TokenizedPair tokenized =
        new TokenizedPair(
            prompt,
            status,
            status == PairStatus.OK ? Optional.empty() : Optional.of("3 tokens, not 4"),
            "The capital of France is",
            "The capital of Italy is",
            new TokenSequence(List.of(7, 8, 9), List.of("The", "Ġcapital", "ĠFrance")),
            new TokenSequence(List.of(7, 8, 10), List.of("The", "Ġcapital", "ĠItaly")),
            Map.of("subject", new TokenSpan(2, 3)),
            new AnswerTokens.None(),
            new AnswerTokens.None());
    return new PairResult(
        tokenized,
        OptionalInt.of(41),
        OptionalInt.empty(),
        OptionalInt.of(42),
        OptionalInt.of(43),
        Optional.empty());
  }

  /** A pair without a corrupted prompt, which has a foil. */
  public static PairResult alone(String id) {
    PromptPair prompt =
        new PromptPair(
            0,
            id,
            new PromptText.Text("The capital of France is"),
            new PromptText.Absent(),
            new AnswerSpec.None(),
            new AnswerSpec.None(),
            Map.of(),
            Map.of());
    TokenSequence tokens =
        new TokenSequence(List.of(7, 8, 9), List.of("The", "Ġcapital", "ĠFrance"));
    TokenizedPair tokenized =
        new TokenizedPair(
            prompt,
            PairStatus.OK,
            Optional.empty(),
            "The capital of France is",
            "The capital of France is",
            tokens,
            tokens,
            Map.of(),
            new AnswerTokens.None(),
            new AnswerTokens.None());
    return new PairResult(
        tokenized,
        OptionalInt.empty(),
        OptionalInt.of(44),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty());
  }

  /** Many rows with every kind of null, in order. */
  public static List<Measurement> manyRows(int pairs) {
    List<Measurement> rows = new ArrayList<>();
    for (int pair = 0; pair < pairs; pair++) {
      for (Component component : List.of(Component.MLP, Component.Z)) {
        for (int head = -1; head < 3; head++) {
          for (int position = -1; position < 3; position++) {
            Cell cell =
                TestCells.cell(
                    "heads",
                    "pair-" + pair,
                    PatchDirection.NOISING,
                    component,
                    head + 1,
                    1,
                    optional(head),
                    optional(position),
                    position < 0 && head == 0 ? Optional.of("subject") : Optional.empty());
            rows.add(row(cell, Metric.LOGIT_DIFF, Math.sin(rows.size())));
          }
        }
      }
    }
    rows.sort(Measurement.ROW_ORDER);
    return rows;
  }

  private static OptionalInt optional(int value) {
    return value < 0 ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
