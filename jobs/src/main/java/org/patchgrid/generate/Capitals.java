package org.patchgrid.generate;

import java.util.List;

/**
 * Sentences of one template about a country, and in the corrupted prompt another one. The label is
 * {@code subject}.
 *
 * @param template with {@code _} for the country
 * @param countries those whose capital is one token
 */
record Capitals(String template, List<Country> countries) implements CandidatePairs {
  private static final List<String> TEMPLATES =
      List.of("The capital of _ is", "The capital city of _ is", "The capital of _ is the city of");
  private static final String SLOT = " _";

  record Country(String name, String capital) {
    static Country of(String line) {
      int bar = line.indexOf('|');
      return new Country(line.substring(0, bar), line.substring(bar + 1));
    }
  }

  static Candidates of(Continuations tokens) {
    List<Country> all = WordList.read("capitals.txt").stream().map(Country::of).toList();
    List<String> capitals =
        tokens.ofOneToken(
            "The capital of France is", all.stream().map(c -> " " + c.capital()).toList());
    List<Country> countries =
        all.stream().filter(country -> capitals.contains(" " + country.capital())).toList();
    return new Candidates(
        TEMPLATES.stream().<CandidatePairs>map(t -> new Capitals(t, countries)).toList(),
        "%d of %d capitals are one token".formatted(countries.size(), all.size()));
  }

  @Override
  public long size() {
    return Choices.arrangements(2, countries.size());
  }

  @Override
  public PairDraft draft(long number) {
    List<Country> two = new Choices(number).different(2, countries);
    int slot = template.indexOf(SLOT);
    return new PairDraft()
        .text(template.substring(0, slot))
        .label("subject", " " + two.get(0).name(), " " + two.get(1).name())
        .text(template.substring(slot + SLOT.length()))
        .answers(List.of(" " + two.get(0).capital()), List.of(" " + two.get(1).capital()))
        .tag("relation", "capital")
        .tag("template", template);
  }
}
