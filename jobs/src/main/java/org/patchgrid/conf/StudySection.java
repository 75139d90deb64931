package org.patchgrid.conf;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.patchgrid.study.NearestName;

/**
 * One object of a study file. Reading a value that is wrong adds a problem and goes on with the
 * default, so that one reading finds every problem.
 */
record StudySection(
    String file, List<String> path, @Nullable ConfigObject object, Problems problems) {
  private static final Pattern TRAILING_LINE = Pattern.compile(": \\d+(-\\d+)?$");
  private static final String AUTO = "auto";

  static StudySection root(String file, ConfigObject object, Problems problems) {
    return new StudySection(file, List.of(), object, problems);
  }

  /** The section under {@code key}; an empty one if there is none. */
  StudySection section(String key) {
    Optional<ConfigValue> value = value(key);
    if (value.isPresent() && !(value.get() instanceof ConfigObject)) {
      problem(value.get(), key, "must be an object: " + key + " { ... }");
    }
    ConfigObject child =
        value.filter(ConfigObject.class::isInstance).map(ConfigObject.class::cast).orElse(null);
    return new StudySection(file, pathOf(key), child, problems);
  }

  boolean has(String key) {
    return value(key).isPresent();
  }

  /** The keys of this section in alphabetical order. */
  List<String> keys() {
    return object == null ? List.of() : List.copyOf(new TreeSet<>(object.keySet()));
  }

  /** The keys that are names of the user's; one that cannot be read is a problem. */
  List<String> names(String what) {
    List<String> names = new ArrayList<>();
    for (String name : keys()) {
      if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
        problem(name, "a " + what + " needs a name without control characters");
      } else {
        names.add(name);
      }
    }
    return names;
  }

  /** Reports every key that is not {@code known}. */
  void refuseUnknownKeys(List<String> known) {
    String owner = path.isEmpty() ? "a study" : ConfigUtil.joinPath(path);
    for (String key : keys()) {
      if (!known.contains(key)) {
        problem(key, "unknown key: " + NearestName.hint(key, owner, known));
      }
    }
  }

  String requiredText(String key, String example) {
    Optional<String> text = text(key);
    if (text.isEmpty() && !has(key)) {
      String here = ConfigUtil.joinPath(pathOf(key));
      problems.add(file + ": " + here + " is missing: add " + here + " = \"" + example + "\"");
    }
    // Never seen by anyone: there is a problem.
    return text.orElse(example);
  }

  Optional<String> text(String key) {
    Optional<String> text = scalar(key);
    if (text.isPresent() && text.get().isBlank()) {
      problem(key, "is blank: give a value, or leave the key out");
      return Optional.empty();
    }
    if (text.isPresent() && text.get().chars().anyMatch(Character::isISOControl)) {
      problem(key, "has a line break or another control character in it: take it out");
      return Optional.empty();
    }
    return text;
  }

  /** One of a closed set; empty for {@code auto}, which is the default. */
  <E extends Enum<E>> Optional<E> choiceOrAuto(String key, Class<E> type) {
    return scalar(key)
        .filter(label -> !label.equals(AUTO))
        .flatMap(label -> choiceOf(key, label, type, StudyConfigWriter::choice));
  }

  <E extends Enum<E>> E choice(String key, Class<E> type, E fallback) {
    return scalar(key)
        .flatMap(label -> choiceOf(key, label, type, StudyConfigWriter::choice))
        .orElse(fallback);
  }

  /** A list of choices; a single one may stand without brackets. */
  <E extends Enum<E>> List<E> choices(
      String key, Class<E> type, Function<E, String> spelling, List<E> fallback) {
    Optional<List<String>> labels = texts(key);
    if (labels.isEmpty()) {
      return fallback;
    }
    List<E> choices = new ArrayList<>();
    for (String label : labels.get()) {
      Optional<E> choice = choiceOf(key, label, type, spelling);
      if (choice.isPresent() && choices.contains(choice.get())) {
        problem(key, "'" + label + "' is listed twice: keep one");
      }
      choice.ifPresent(choices::add);
    }
    return choices.isEmpty() ? fallback : choices;
  }

  private <E extends Enum<E>> Optional<E> choiceOf(
      String key, String label, Class<E> type, Function<E, String> spelling) {
    List<String> known = new ArrayList<>();
    for (E candidate : type.getEnumConstants()) {
      String spelled = spelling.apply(candidate);
      if (spelled.equals(label)) {
        return Optional.of(candidate);
      }
      known.add(spelled);
    }
    problem(key, "'" + label + "' is not one of " + NearestName.list(label, known));
    return Optional.empty();
  }

  /** A list of texts; a single one may stand without brackets. Empty if absent or wrong. */
  Optional<List<String>> texts(String key) {
    Optional<ConfigValue> value = value(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (!(value.get() instanceof ConfigList list)) {
      return text(key).map(List::of);
    }
    if (list.isEmpty()) {
      problem(key, "is empty: list at least one, or leave the key out");
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    for (ConfigValue element : list) {
      Optional<String> text = scalar(element);
      if (text.isEmpty() || text.get().isBlank()) {
        problem(element, key, "must be a list of names");
        return Optional.empty();
      }
      texts.add(text.get());
    }
    return Optional.of(texts);
  }

  /** A list of whole numbers from 0, or a single one without brackets. Empty if wrong. */
  Optional<List<Integer>> indices(String key) {
    Optional<List<String>> texts = texts(key);
    if (texts.isEmpty()) {
      return Optional.empty();
    }
    List<Integer> numbers = new ArrayList<>();
    for (String text : texts.get()) {
      Optional<Integer> number = wholeNumber(text, 0);
      if (number.isEmpty()) {
        problem(key, "'" + text + "' is not a whole number from 0");
        return Optional.empty();
      }
      numbers.add(number.get());
    }
    return Optional.of(numbers);
  }

  /** What stands in the place of {@link #indices}. */
  Optional<String> word(String key) {
    return isList(key)
        ? Optional.empty()
        : scalar(key).filter(text -> wholeNumber(text, 0).isEmpty());
  }

  int positiveNumber(String key, int fallback) {
    return parsed(key, text -> wholeNumber(text, 1), "is not a whole number from 1")
        .orElse(fallback);
  }

  /** A whole number of 64 bits. */
  long signedNumber(String key, long fallback) {
    return parsed(
            key, text -> StudySection.<Long>spelled(text, Long::valueOf), "is not a whole number")
        .orElse(fallback);
  }

  /** Whether a number is one that can be a factor. */
  static boolean isPositive(double number) {
    return number > 0 && !Double.isInfinite(number);
  }

  /** A whole number from 1; empty for {@code auto}, which is the default. */
  OptionalInt positiveNumberOrAuto(String key) {
    Optional<String> text = scalar(key).filter(t -> !t.equals(AUTO));
    Optional<Integer> number = text.flatMap(t -> wholeNumber(t, 1));
    if (text.isPresent() && number.isEmpty()) {
      refuseWord(key, text.get(), "is neither auto nor a whole number from 1", List.of(AUTO));
    }
    return number.stream().mapToInt(Integer::intValue).findFirst();
  }

  /** A number of which {@code range} is true; {@code rule} says it in words. */
  double number(String key, double fallback, Predicate<Double> range, String rule) {
    return parsed(
            key,
            text -> StudySection.<Double>spelled(text, Double::valueOf).filter(range),
            "is not " + rule)
        .orElse(fallback);
  }

  /** What {@code parse} makes of a text; if that is nothing, {@code wrong} says why. */
  <T> Optional<T> parsed(String key, Function<String, Optional<T>> parse, String wrong) {
    Optional<String> text = scalar(key);
    Optional<T> value = text.flatMap(parse);
    if (text.isPresent() && value.isEmpty()) {
      problem(key, "'" + text.get() + "' " + wrong);
    }
    return value;
  }

  /** Adds a problem at a key that should have one of some words, or something else. */
  void refuseWord(String key, String word, String wrong, List<String> words) {
    problem(key, "'" + word + "' " + wrong + NearestName.question(word, words));
  }

  /** The number that {@code text} spells, if it is at least {@code least}. */
  static Optional<Integer> wholeNumber(String text, int least) {
    return StudySection.<Integer>spelled(text, Integer::valueOf).filter(number -> number >= least);
  }

  private static <N> Optional<N> spelled(String text, Function<String, N> valueOf) {
    try {
      return Optional.of(valueOf.apply(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  boolean isList(String key) {
    return value(key).filter(ConfigList.class::isInstance).isPresent();
  }

  boolean isObject(String key) {
    return value(key).filter(ConfigObject.class::isInstance).isPresent();
  }

  /** A text, number or truth value as text; anything else is a problem. */
  Optional<String> scalar(String key) {
    Optional<ConfigValue> value = value(key);
    Optional<String> text = value.flatMap(StudySection::scalar);
    if (value.isPresent() && text.isEmpty()) {
      problem(value.get(), key, "must be a single value, not a list or an object");
    }
    return text;
  }

  private static Optional<String> scalar(ConfigValue value) {
    if (value.valueType() == ConfigValueType.LIST || value.valueType() == ConfigValueType.OBJECT) {
      return Optional.empty();
    }
    return Optional.of(String.valueOf(value.unwrapped()));
  }

  private Optional<ConfigValue> value(String key) {
    ConfigValue value = object == null ? null : object.get(key);
    return Optional.ofNullable(value).filter(v -> v.valueType() != ConfigValueType.NULL);
  }

  /** Adds a problem at a key of this section, which must be there. */
  void problem(String key, String what) {
    problem(object == null ? null : object.get(key), key, what);
  }

  private void problem(@Nullable ConfigValue value, String key, String what) {
    String where = value == null ? file : where(file, value.origin());
    problems.add(where + ": " + ConfigUtil.joinPath(pathOf(key)) + ": " + what);
  }

  private List<String> pathOf(String key) {
    List<String> whole = new ArrayList<>(path);
    whole.add(key);
    return whole;
  }

  /** {@code study.conf:12}, or the option of the command line. */
  static String where(String file, ConfigOrigin origin) {
    String description = origin.description();
    if (description.startsWith("--")) {
      Matcher line = TRAILING_LINE.matcher(description);
      return line.replaceFirst("");
    }
    return origin.lineNumber() > 0 ? file + ":" + origin.lineNumber() : file;
  }
}
