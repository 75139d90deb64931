package org.patchgrid.experiment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.study.ActivationMean;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.Labels;
import org.patchgrid.study.MeanOver;
import org.patchgrid.study.PromptSetSums;
import org.patchgrid.study.StatisticsNeeded;
import org.patchgrid.study.StatisticsNeeded.NeededMean;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.transformer.Transformer;
import org.patchgrid.transformer.WholeSequences;

/**
 * Runs clean prompts and adds up what a study needs of them: pairs of one length together, and
 * numbers in the order of the pairs. Belongs to one thread.
 */
final class PromptSetScan {
  /** Most tokens of one pass, except for a single prompt of more. */
  private static final int MOST_TOKENS = 1024;

  private final Transformer transformer;
  private final NDManager manager;
  private final StatisticsNeeded needed;
  private final Map<HookPoint, List<NeededMean>> meansAt = new HashMap<>();
  private final PromptSetSums sums = new PromptSetSums();

  /**
   * @param transformer in float32
   */
  PromptSetScan(Transformer transformer, NDManager manager, StatisticsNeeded needed) {
    this.transformer = transformer;
    this.manager = manager;
    this.needed = needed;
    Set<NeededMean> means = new HashSet<>(needed.means());
    for (NeededMean mean : needed.means()) {
      if (mean.over() == MeanOver.ALL) { // to tell whether the first position spoils it
        means.add(new NeededMean(mean.point(), MeanOver.ALL_BUT_FIRST, ""));
      }
    }
    means.forEach(
        mean -> meansAt.computeIfAbsent(mean.point(), absent -> new ArrayList<>()).add(mean));
  }

  /**
   * @param pairs that can be run, in the prompt set's order
   */
  PromptSetSums scan(List<TokenizedPair> pairs) {
    for (List<TokenizedPair> equallyLong : TokenizedPair.byLength(pairs)) {
      int length = equallyLong.get(0).clean().length();
      sums.addLength(length);
      int most = Math.max(1, MOST_TOKENS / length);
      for (int first = 0; first < equallyLong.size(); first += most) {
        run(equallyLong.subList(first, Math.min(equallyLong.size(), first + most)), length);
      }
    }
    return sums;
  }

  private void run(List<TokenizedPair> pairs, int length) {
    long[] ids =
        pairs.stream()
            .flatMap(pair -> pair.clean().ids().stream())
            .mapToLong(Integer::longValue)
            .toArray();
    try (NDManager scope = manager.newSubManager()) {
      NDArray tokens = NativeArrays.of(scope, ids);
      if (!needed.noiseLabels().isEmpty()) {
        try (NDArray embeddings = transformer.embeddings(scope, tokens)) {
          addEmbeddings(pairs, length, embeddings.toFloatArray());
        }
      }
      if (!meansAt.isEmpty()) {
        transformer.forward(
            scope,
            tokens,
            new WholeSequences(transformer.tables(scope, length)),
            meansOf(pairs, length));
      }
    }
  }

  private void addEmbeddings(List<TokenizedPair> pairs, int length, float[] embeddings) {
    int width = embeddings.length / length / pairs.size();
    for (int row = 0; row < pairs.size(); row++) {
      for (String label : needed.noiseLabels()) {
        TokenSpan span = Labels.resolve(label, pairs.get(row)).orElseThrow();
        int from = (row * length + span.start()) * width;
        int to = (row * length + span.end()) * width;
        sums.addEmbeddings(label, Arrays.copyOfRange(embeddings, from, to));
      }
    }
  }

  /** Adds up what a pass over the clean prompts of some pairs of equal length comes to. */
  private Hooks meansOf(List<TokenizedPair> pairs, int length) {
    return new Hooks() {
      @Override
      public boolean watches(HookPoint point) {
        return meansAt.containsKey(point);
      }

      @Override
      public NDArray at(HookPoint point, NDArray value) {
        List<NeededMean> means = meansAt.getOrDefault(point, List.of());
        if (means.isEmpty()) {
          return value;
        }
        float[] values = value.toFloatArray();
        int width = values.length / length / pairs.size();
        for (NeededMean mean : means) {
          for (int row = 0; row < pairs.size(); row++) {
            for (int position = 0; position < length; position++) {
              add(mean, pairs.get(row), position, values, width, row * length + position);
            }
          }
        }
        return value;
      }
    };
  }

  private void add(
      NeededMean mean, TokenizedPair pair, int position, float[] values, int width, int token) {
    if (counts(mean, pair, position)) {
      ActivationMean key = ActivationMean.at(mean.point(), mean.over(), mean.label(), position);
      sums.addActivation(key, values, width, token);
    }
  }

  private static boolean counts(NeededMean mean, TokenizedPair pair, int position) {
    return switch (mean.over()) {
      case ALL, POSITION -> true;
      case ALL_BUT_FIRST -> position > 0;
      case LABEL -> Labels.resolve(mean.label(), pair).orElseThrow().contains(position);
    };
  }
}
