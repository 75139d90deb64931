package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.patchgrid.app.CheckRow.Guess;
import org.patchgrid.app.CheckRow.Token;
import org.patchgrid.study.TokenizedPair;

/** Prints the rows of a checked prompt set; what is not printed at once is when it is closed. */
interface CheckPrinter extends AutoCloseable {
  void print(CheckRow row) throws IOException;

  @Override
  default void close() {}

  static CheckPrinter of(TableFormat format, PrintWriter out) throws IOException {
    return switch (format) {
      case TABLE -> new Table(out);
      case CSV -> of(ColumnPrinter.csv(out));
      case JSON -> of(ColumnPrinter.json(out));
    };
  }

  private static CheckPrinter of(ColumnPrinter columns) {
    return row -> columns.print(row.columns());
  }

  /** For people: columns as wide as they need. */
  final class Table implements CheckPrinter {
    private static final int MOST_TOKENS = 3;
    private static final List<String> HEADER =
        List.of(
            "pair",
            "status",
            "tokens",
            "differs",
            "answer",
            "foil",
            "clean top-1",
            "",
            "corrupted top-1",
            "");

    private final PrintWriter out;
    private final List<List<String>> lines = new ArrayList<>(List.of(HEADER));
    private final List<String> reasons = new ArrayList<>(List.of(""));

    private Table(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void print(CheckRow row) {
      TokenizedPair pair = row.pair();
      int clean = pair.clean().length();
      int corrupted = pair.corrupted().length();
      lines.add(
          List.of(
              pair.pair().id(),
              pair.status().label(),
              clean == corrupted ? "" + clean : clean + "/" + corrupted,
              pair.firstDifference().isPresent() ? "" + pair.firstDifference().getAsInt() : "-",
              tokens(row.answers()),
              tokens(row.foils()),
              guess(row.clean()),
              verdict(row.clean(), "answer"),
              guess(row.corrupted()),
              verdict(row.corrupted(), "foil")));
      reasons.add(pair.reason().orElse(""));
    }

    private static String tokens(List<Token> tokens) {
      if (tokens.isEmpty()) {
        return "-";
      }
      String first =
          String.join(
              " ",
              tokens.stream()
                  .limit(MOST_TOKENS)
                  .map(token -> token.text() + " (" + token.id() + ")")
                  .toList());
      int more = tokens.size() - MOST_TOKENS;
      return more > 0 ? first + " and " + more + " more" : first;
    }

    private static String guess(Optional<Guess> guess) {
      return guess
          .map(g -> String.format(Locale.ROOT, "%s %.3f", g.token().text(), g.probability()))
          .orElse("-");
    }

    private static String verdict(Optional<Guess> guess, String role) {
      return guess.flatMap(Guess::isExpected).map(is -> is ? role : "not " + role).orElse("");
    }

    @Override
    public void close() {
      int[] widths = new int[HEADER.size()];
      for (List<String> line : lines) {
        for (int i = 0; i < widths.length; i++) {
          widths[i] = Math.max(widths[i], line.get(i).length());
        }
      }
      for (int row = 0; row < lines.size(); row++) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
          String cell = lines.get(row).get(i);
          text.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
        }
        out.println(text.toString().stripTrailing());
        if (!reasons.get(row).isEmpty()) {
          out.println("  " + reasons.get(row));
        }
      }
    }
  }
}
