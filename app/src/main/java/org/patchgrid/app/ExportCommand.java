package org.patchgrid.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.csv.CSVPrinter;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.patchgrid.query.QueryColumn;
import org.patchgrid.query.QueryFile;
import org.patchgrid.query.ResultQueries;
import org.patchgrid.report.FigureFiles;
import org.patchgrid.report.Study;
import org.patchgrid.store.AggregateFile;
import org.patchgrid.store.CommittedFiles;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.table.AggregateSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Prints a study's aggregates or the answer of a query, or writes its figures, for other programs.
 */
@Command(
    name = "export",
    description =
        "Print a study's aggregates, or a query's answer, as CSV or JSON; or write all figures as"
            + " files.",
    footer = {
      "  ./patchgrid export results/demo > aggregates.csv",
      "  ./patchgrid export results/demo --query top-sites \\",
      "      --parameter metric=logit_diff",
      "  ./patchgrid export results/demo --figures figures"
    })
final class ExportCommand extends ResultsCommand {
  @Option(names = "--format", paramLabel = "FORMAT", description = "csv or json (default: csv)")
  private TableFormat format = TableFormat.CSV;

  @Option(
      names = "--query",
      paramLabel = "NAME",
      description = "a file of conf/queries, without .sql; without this, all of aggregates")
  private @Nullable String query;

  @Option(
      names = "--parameter",
      paramLabel = "name=value",
      description = "a parameter of the query; what is left out is the query's default")
  private List<String> given = new ArrayList<>();

  @Option(names = "--other", paramLabel = "DIR", description = "the study to compare with")
  private @Nullable String other;

  @Option(
      names = "--figures",
      paramLabel = "FOLDER",
      description =
          "write every figure there: the chart as SVG and PNG, its numbers as CSV and JSON")
  private @Nullable Path figures;

  @Override
  int run() throws IOException {
    if (figures != null) {
      return writeFigures(figures);
    }
    if (format == TableFormat.TABLE) {
      throw new PatchgridException("Cannot export as a table: --format is csv or json");
    }
    Path home = ProjectFiles.home("export");
    Path folder = ProjectFiles.queries(home);
    Optional<QueryFile> file =
        query == null ? Optional.empty() : Optional.of(QueryFile.named(folder, query));
    Map<String, String> parameters = parameters();
    if (file.isEmpty() && !parameters.isEmpty()) {
      throw new PatchgridException("--parameter is for a query: name one by --query");
    }
    Optional<Path> second = Optional.empty();
    if (other != null) {
      second = Optional.of(LocalStudies.copy(other, Set.of("aggregates")));
    }
    Path results = LocalStudies.copy(directory(), tables(file));
    try (ResultQueries queries = ResultQueries.open(ProjectFiles.views(home), results, second)) {
      RowPrinter printer = new RowPrinter(out(), format);
      if (file.isPresent()) {
        printer.row(List.copyOf(file.get().columns().stream().map(QueryColumn::name).toList()));
        queries.run(file.get(), parameters, printer);
      } else {
        queries.aggregates(printer);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot query '" + results + "': " + e.getMessage(), e);
    }
    out().flush();
    warnIfStale(file);
    return ExitCode.DONE;
  }

  private int writeFigures(Path folder) throws IOException {
    if (query != null || other != null) {
      throw new PatchgridException(
          "--figures writes all figures of one study: leave --query and --other out");
    }
    Path home = ProjectFiles.home("export --figures");
    try (Study study = LocalStudies.open(LocalStudies.files(directory()), home)) {
      OutputFiles.write(folder, "--figures", () -> say(FigureFiles.write(study, folder), folder));
    }
    return ExitCode.DONE;
  }

  /** By name; picocli's own map would keep the last of several values. */
  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String parameter : given) {
      int equals = parameter.indexOf('=');
      if (equals < 1) {
        throw new PatchgridException(
            "Cannot use --parameter '%s': write it as NAME=VALUE".formatted(parameter));
      }
      String name = parameter.substring(0, equals);
      if (parameters.put(name, parameter.substring(equals + 1)) != null) {
        throw new PatchgridException(
            "--parameter %s is given twice: a query takes one value of it".formatted(name));
      }
    }
    return parameters;
  }

  private void say(FigureFiles.Written written, Path folder) {
    out()
        .printf(
            "Figures: %d in %s, each as .svg, .png, .csv and .json%n",
            written.names().size(), folder);
    if (!written.sweepsWithoutPair().isEmpty()) {
      err()
          .printf(
              "patchgrid: left out: the figure of one pair, for sweeps that patch no whole component"
                  + " at all positions: %s%n",
              String.join(", ", written.sweepsWithoutPair()));
    }
  }

  private static Set<String> tables(Optional<QueryFile> file) {
    if (file.isEmpty()) {
      return Set.of("aggregates");
    }
    Set<String> tables = new TreeSet<>();
    for (String table : List.of("cells", "pairs", "aggregates", "manifest")) {
      if (file.get().reads(table)) {
        tables.add(table);
      }
    }
    if (file.get().reads("tokens")) {
      tables.add("pairs");
    }
    return tables;
  }

  /** Whoever cites a number should know that more was measured since. */
  private void warnIfStale(Optional<QueryFile> file) throws IOException {
    if (file.isPresent() && !file.get().reads("aggregates")) {
      return;
    }
    org.apache.hadoop.fs.Path study = Studies.results(directory());
    CommittedFiles committed = CommittedFiles.read(study, new Configuration());
    Optional<AggregateSource> source = AggregateFile.source(study, new Configuration());
    if (source.isPresent() && !committed.areSourceOf(source.get())) {
      err()
          .printf(
              "patchgrid: these aggregates are of %d tasks, the study has %d now: `patchgrid aggregate"
                  + " %s` makes them again%n",
              source.get().tasks(), committed.tasks(), directory());
    }
  }

  /** The first row is the names. */
  private static final class RowPrinter implements ResultQueries.Rows {
    private final PrintWriter out;
    private final Optional<CSVPrinter> csv;
    private final ObjectMapper json = new ObjectMapper();
    private final List<String> names = new ArrayList<>();

    private RowPrinter(PrintWriter out, TableFormat format) throws IOException {
      this.out = out;
      this.csv =
          format == TableFormat.CSV
              ? Optional.of(ColumnPrinter.Csv.printer(out))
              : Optional.empty();
    }

    @Override
    public void row(List<@Nullable Object> values) throws IOException {
      if (csv.isPresent()) {
        csv.get().printRecord(values);
        return;
      }
      if (names.isEmpty()) {
        values.forEach(name -> names.add(String.valueOf(name)));
        return;
      }
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      for (int column = 0; column < values.size(); column++) {
        object.put(names.get(column), values.get(column));
      }
      out.println(json.writeValueAsString(object));
    }
  }
}
