package org.patchgrid.aggregate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.patchgrid.table.PairTag;

/**
 * The measured pairs of a study, in the order of their ids, which subsets of them have a tag in
 * common, and the {@link Draws} of each subset, made where and when they are first asked for. Safe
 * for several threads: one is shared by the tasks of an executor.
 */
final class StudyPairs implements Serializable {
  private static final long serialVersionUID = 1;

  /** A tag with more values than this names pairs rather than groups them. */
  static final int MOST_TAG_VALUES = 64;

  private final String[] ids;

  /** [subset], of equal lengths; the first subset is all pairs, and its names are empty. */
  private final String[] tagNames;

  private final String[] tagValues;

  /** [subset]: numbers of its pairs, ascending. */
  private final int[][] members;

  private final String leftOutTags;
  private final long seed;
  private final int resamples;
  private final int signFlips;

  private transient Map<String, Integer> numbers = Map.of();
  private transient Draws[] draws = {};

  /**
   * @param tags of each pair, by its id
   */
  StudyPairs(SortedMap<String, Map<String, String>> tags, long seed, int resamples, int signFlips) {
    this.ids = tags.keySet().toArray(String[]::new);
    this.seed = seed;
    this.resamples = resamples;
    this.signFlips = signFlips;
    TreeMap<PairTag, List<Integer>> pairsByTag = new TreeMap<>();
    for (int pair = 0; pair < ids.length; pair++) {
      int number = pair;
      tags.getOrDefault(ids[pair], Map.of())
          .forEach(
              (name, value) ->
                  pairsByTag
                      .computeIfAbsent(new PairTag(name, value), tag -> new ArrayList<>())
                      .add(number));
    }
    TreeMap<String, Integer> values = new TreeMap<>();
    pairsByTag.keySet().forEach(tag -> values.merge(tag.name(), 1, Integer::sum));
    values.values().removeIf(number -> number <= MOST_TAG_VALUES);
    this.leftOutTags = String.join(",", values.keySet());
    pairsByTag.keySet().removeIf(tag -> values.containsKey(tag.name()));
    int subsets = 1 + pairsByTag.size();
    this.tagNames = new String[subsets];
    this.tagValues = new String[subsets];
    this.members = new int[subsets][];
    tagNames[0] = "";
    tagValues[0] = "";
    members[0] = new int[ids.length];
    Arrays.setAll(members[0], pair -> pair);
    int subset = 1;
    for (Map.Entry<PairTag, List<Integer>> entry : pairsByTag.entrySet()) {
      tagNames[subset] = entry.getKey().name();
      tagValues[subset] = entry.getKey().value();
      members[subset] = entry.getValue().stream().mapToInt(Integer::intValue).toArray();
      subset++;
    }
  }

  int size() {
    return ids.length;
  }

  int subsets() {
    return members.length;
  }

  /** Empty for all pairs. */
  Optional<PairTag> tag(int subset) {
    return subset == 0
        ? Optional.empty()
        : Optional.of(new PairTag(tagNames[subset], tagValues[subset]));
  }

  /** Numbers of a subset's pairs, ascending; not to be changed. */
  int[] members(int subset) {
    return members[subset];
  }

  /** Names, separated by commas, of the tags that make no subsets. */
  String leftOutTags() {
    return leftOutTags;
  }

  /**
   * The place of a pair in the order of ids.
   *
   * @throws IllegalStateException if the table of pairs does not have it
   */
  synchronized int number(String id) {
    if (numbers == null || numbers.isEmpty()) {
      numbers = new HashMap<>();
      for (int pair = 0; pair < ids.length; pair++) {
        numbers.put(ids[pair], pair);
      }
    }
    Integer number = numbers.get(id);
    if (number == null) {
      throw new IllegalStateException(
          "Pair '" + id + "' has measurements but no row with status ok in pairs");
    }
    return number;
  }

  /** Of a subset's pairs: those that were drawn for all pairs, so that subsets share them too. */
  synchronized Draws draws(int subset) {
    if (draws == null || draws.length == 0) {
      draws = new Draws[members.length];
    }
    if (draws[subset] == null) {
      draws[subset] =
          subset == 0
              ? Draws.seeded(seed, ids.length, resamples, signFlips)
              : draws(0).among(members[subset]);
    }
    return draws[subset];
  }
}
