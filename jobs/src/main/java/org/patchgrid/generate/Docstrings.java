package org.patchgrid.generate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A Python function of six arguments whose docstring describes the third and the fourth, and the
 * answer is the fifth. In the corrupted prompt the three of them in the signature and the two in
 * the docstring are five other names. Labels are {@code A_def}, {@code B_def}, {@code C_def},
 * {@code A_doc}, {@code B_doc} and {@code end}, the last {@code param}.
 *
 * @param arguments names of one token
 */
record Docstrings(List<String> arguments, List<String> nouns) implements CandidatePairs {
  private static final int NAMES = 11;
  private static final int NOUNS = 8;

  /** More than anyone asks for; each number is the seed of its pair. */
  private static final long SEEDS = 1L << 31;

  static Candidates of(Continuations tokens) {
    List<String> all = WordList.read("arguments.txt");
    List<String> inSignature =
        tokens.ofOneToken("\ndef add(self,", all.stream().map(name -> " " + name).toList());
    List<String> arguments =
        tokens.ofOneToken("\n    :param", inSignature).stream().map(String::strip).toList();
    return new Candidates(
        List.of(new Docstrings(arguments, WordList.read("nouns.txt"))),
        "%d of %d names of arguments are one token, and it takes %d"
            .formatted(arguments.size(), all.size(), NAMES));
  }

  @Override
  public long size() {
    return arguments.size() < NAMES ? 0 : SEEDS;
  }

  @Override
  public PairDraft draft(long number) {
    Random random = new Random(number);
    List<String> name = shuffled(arguments, NAMES, random);
    List<String> noun = shuffled(nouns, NOUNS, random);
    String answer = name.get(4);
    List<String> others = Stream.concat(name.stream().limit(4), name.stream().skip(5)).toList();
    return new PairDraft()
        .text("\ndef %s(self, %s, %s,".formatted(noun.get(0), name.get(0), name.get(1)))
        .label("A_def", " " + name.get(2), " " + name.get(6))
        .text(",")
        .label("B_def", " " + name.get(3), " " + name.get(7))
        .text(",")
        .label("C_def", " " + answer, " " + name.get(8))
        .text(
            ", %s):\n    \"\"\"%s %s %s\n\n    :param"
                .formatted(name.get(5), noun.get(1), noun.get(2), noun.get(3)))
        .label("A_doc", " " + name.get(2), " " + name.get(9))
        .text(": %s %s\n    :param".formatted(noun.get(4), noun.get(5)))
        .label("B_doc", " " + name.get(3), " " + name.get(10))
        .text(": %s %s\n    :".formatted(noun.get(6), noun.get(7)))
        .label("end", "param")
        .answers(List.of(" " + answer), others.stream().map(other -> " " + other).toList())
        .tag("relation", "docstring")
        .tag("template", "six arguments, the third and fourth described");
  }

  private static List<String> shuffled(List<String> words, int count, Random random) {
    List<String> copy = new ArrayList<>(words);
    Collections.shuffle(copy, random);
    return copy.subList(0, count);
  }
}
