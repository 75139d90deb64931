package org.patchgrid.report;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.patchgrid.query.QueryFile;
import org.patchgrid.results.QueryResult;
import org.patchgrid.results.StudyResults;
import org.patchgrid.study.PatchgridException;

/**
 * A study that can be asked; closing it closes the results.
 *
 * @param questions the files of {@code conf/queries}, by name
 */
public record Study(StudyFacts facts, StudyResults results, Map<String, QueryFile> questions)
    implements AutoCloseable {
  public Study {
    questions = Map.copyOf(questions);
  }

  public static Study of(StudyFacts facts, StudyResults results, List<QueryFile> questions) {
    return new Study(
        facts,
        results,
        questions.stream().collect(Collectors.toMap(QueryFile::name, Function.identity())));
  }

  /** One of the questions. */
  public QueryFile question(String name) {
    QueryFile question = questions.get(name);
    if (question == null) {
      throw new PatchgridException(
          "Cannot find conf/queries/%s.sql, which comes with Patchgrid: put it back"
              .formatted(name));
    }
    return question;
  }

  /** Asks it; parameters that are not given have their defaults. */
  QueryResult ask(String name, Map<String, String> parameters) {
    return results.run(question(name), parameters);
  }

  @Override
  public void close() {
    results.close();
  }
}
