package org.patchgrid.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sentences of one template and order about two people, of whom the subject comes twice. Labels are
 * {@code IO}, {@code S1}, {@code S2} and {@code end}, the last word.
 *
 * @param template with {@code [1]}, {@code [2]}, {@code [S2]}, {@code [PLACE]}, {@code [OBJECT]}
 * @param isObjectFirst ABBA and not BABA
 * @param names those of one token
 */
record IndirectObjects(
    String template,
    boolean isObjectFirst,
    NameCorruption corruption,
    List<String> names,
    List<String> places,
    List<String> objects)
    implements CandidatePairs {
  private static final Pattern SLOT = Pattern.compile(" \\[(1|2|S2|PLACE|OBJECT)\\]");
  private static final String END = " to";

  /** Every template in both orders, with the names that are one token. */
  static Candidates of(Continuations tokens, NameCorruption corruption) {
    List<String> all = WordList.read("names.txt");
    List<String> names =
        tokens.ofOneToken("Then,", all.stream().map(name -> " " + name).toList()).stream()
            .map(String::strip)
            .toList();
    List<String> places = WordList.read("places.txt");
    List<String> objects = WordList.read("objects.txt");
    List<CandidatePairs> forms = new ArrayList<>();
    for (String template : WordList.read("ioi-templates.txt")) {
      forms.add(new IndirectObjects(template, true, corruption, names, places, objects));
      forms.add(new IndirectObjects(template, false, corruption, names, places, objects));
    }
    return new Candidates(
        forms, "%d of %d names are one token".formatted(names.size(), all.size()));
  }

  @Override
  public long size() {
    return Choices.arrangements(people(), names.size())
        * (template.contains("[PLACE]") ? places.size() : 1)
        * (template.contains("[OBJECT]") ? objects.size() : 1);
  }

  private int people() {
    return switch (corruption) {
      case S2_IO -> 2;
      case ABC -> 3;
      case RANDOM_NAMES -> 5;
    };
  }

  @Override
  public PairDraft draft(long number) {
    Choices choices = new Choices(number);
    List<String> chosen = choices.different(people(), names);
    String indirectObject = chosen.get(0);
    String subject = chosen.get(1);
    String place = template.contains("[PLACE]") ? choices.one(places) : "";
    String object = template.contains("[OBJECT]") ? choices.one(objects) : "";
    PairDraft draft = new PairDraft();
    Matcher slot = SLOT.matcher(template);
    int written = 0;
    while (slot.find()) {
      draft.text(template.substring(written, slot.start()));
      written = slot.end();
      switch (slot.group(1)) {
        case "1" -> name(draft, isObjectFirst ? "IO" : "S1", chosen);
        case "2" -> name(draft, isObjectFirst ? "S1" : "IO", chosen);
        case "S2" -> name(draft, "S2", chosen);
        case "PLACE" -> draft.text(" " + place);
        default -> draft.text(" " + object);
      }
    }
    draft.text(template.substring(written, template.length() - END.length())).label("end", END);
    return draft
        .answers(List.of(" " + indirectObject), List.of(" " + subject))
        .tag("relation", "ioi")
        .tag("template", template)
        .tag("order", isObjectFirst ? "ABBA" : "BABA")
        .tag("corruption", corruption.toString());
  }

  private void name(PairDraft draft, String label, List<String> chosen) {
    String clean = chosen.get(label.equals("IO") ? 0 : 1);
    String corrupted =
        switch (corruption) {
          case S2_IO -> label.equals("S2") ? chosen.get(0) : clean;
          case ABC -> label.equals("S2") ? chosen.get(2) : clean;
          case RANDOM_NAMES -> chosen.get(List.of("IO", "S1", "S2").indexOf(label) + 2);
        };
    draft.label(label, " " + clean, " " + corrupted);
  }
}
