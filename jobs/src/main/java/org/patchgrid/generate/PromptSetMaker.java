package org.patchgrid.generate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.tokenize.PromptTokenizer;

/**
 * Makes pairs that a model's tokenizer allows: prompts of equal length that differ, answers and
 * foils of one token each and none of them both, labels that are whole tokens.
 *
 * <p>The same task, number, seed and tokenizer give the same pairs. The generator is {@link Random}
 * with the seed, whose numbers Java's documentation fixes. It puts the forms of the task (templates
 * and orders) in an order, then the pairs of each form ({@link SparseShuffle}); pairs are taken
 * from the forms in turn. So fewer pairs of a seed are the beginning of more, and no pair comes
 * twice.
 */
public final class PromptSetMaker {
  /** Draws without success before it is said that there are too few. */
  private static final int MOST_FAILURES = 50_000;

  private final PromptTokenizer tokenizer;
  private final Continuations continuations;
  private final String model;

  /**
   * @param model how messages call it
   */
  public PromptSetMaker(PromptTokenizer tokenizer, String model) {
    this.tokenizer = tokenizer;
    this.continuations = new Continuations(tokenizer);
    this.model = model;
  }

  /**
   * Makes {@code count} pairs, numbered from 0, whose ids are the task and a number from 1.
   *
   * @param corruption of {@link Task#IOI}; of no meaning for the others
   * @throws PatchgridException if the tokenizer allows fewer
   */
  public List<PromptPair> make(Task task, NameCorruption corruption, int count, long seed) {
    Candidates candidates =
        switch (task) {
          case IOI -> IndirectObjects.of(continuations, corruption);
          case CAPITALS -> Capitals.of(continuations);
          case GREATER_THAN -> GreaterThan.of(continuations);
          case DOCSTRING -> Docstrings.of(continuations);
        };
    Random random = new Random(seed);
    List<CandidatePairs> forms = new ArrayList<>(candidates.forms());
    Collections.shuffle(forms, random);
    List<SparseShuffle> orders =
        forms.stream().map(form -> new SparseShuffle(form.size(), random)).toList();
    List<PromptPair> pairs = new ArrayList<>();
    Set<String> texts = new HashSet<>();
    int failures = 0;
    boolean someLeft = true;
    while (someLeft && pairs.size() < count && failures < MOST_FAILURES) {
      someLeft = false;
      for (int form = 0; form < forms.size() && pairs.size() < count; form++) {
        SparseShuffle order = orders.get(form);
        boolean found = false;
        while (!found && order.hasNext() && failures < MOST_FAILURES) {
          PairDraft draft = forms.get(form).draft(order.next());
          Optional<PromptPair> pair =
              texts.contains(draft.texts()) ? Optional.empty() : valid(draft, task, pairs.size());
          found = pair.isPresent();
          failures += found ? 0 : 1;
          pair.ifPresent(pairs::add);
          texts.add(draft.texts());
        }
        someLeft |= order.hasNext();
      }
    }
    if (pairs.size() < count) {
      throw tooFew(task, count, pairs.size(), someLeft, candidates.words());
    }
    return pairs;
  }

  private Optional<PromptPair> valid(PairDraft draft, Task task, int number) {
    return draft
        .pair(number, task + "-" + (number + 1), continuations)
        .filter(
            pair -> isValid(tokenizer.tokenize(pair, BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE)));
  }

  private static boolean isValid(TokenizedPair pair) {
    return pair.isUsable()
        && pair.firstDifference().isPresent()
        && Collections.disjoint(ids(pair.answer()), ids(pair.foil()));
  }

  private static List<Integer> ids(AnswerTokens answer) {
    return answer instanceof AnswerTokens.Known known ? known.ids() : List.of();
  }

  private PatchgridException tooFew(
      Task task, int count, int found, boolean someLeft, String words) {
    return new PatchgridException(
        "Cannot make %d pairs of %s for %s: its tokenizer allows %s%d (%s); %s"
            .formatted(
                count,
                task,
                model,
                someLeft ? "hardly more than " : "",
                found,
                words,
                found == 0 ? "choose another task or model" : "ask for fewer by --n"));
  }
}
