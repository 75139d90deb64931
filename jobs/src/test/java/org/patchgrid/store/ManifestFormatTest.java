package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.patchgrid.study.RecoveryError;

/**
 * What a manifest looks like in format 2. A change that makes this fail makes results of earlier
 * versions unreadable: the format's number in {@link StudyDocument} has to change with it, so that
 * users are told so.
 */
class ManifestFormatTest {
  static final String LISTING =
      """
      {"event":"run-started","run":"r1","at":"2026-01-01T00:00:00Z","details":{"tasks":"2"}}
      {"event":"model-loaded","run":"r1","executor":"0","loads":1}
      {"event":"task-committed","run":"r1","task":0,"adopted":false,"files":[{"table":"pairs","path":"pairs/p","rows":1,"bytes":2,"sha256":"a"},{"table":"cells","path":"cells/c","rows":3,"bytes":4,"sha256":"b"}],"counts":{"cells":2,"failedCells":0,"auditedCells":1,"pairs":{"ok":1},"rows":{"ok":3},"recoveryErrors":{"l2":{"rows":1,"mean":0.25,"largest":0.25}}},"computedWith":{"kernel":"k","processor":"p"}}
      {"event":"task-quarantined","run":"r1","task":1,"reason":"why"}
      {"event":"run-finished","run":"r1","at":"2026-01-01T00:01:00Z","outcome":"COMPLETE","exitCode":3}
      {"event":"files-compacted","run":"r2","at":"2026-01-01T00:02:00Z","source":"there","cells":"c","files":[{"table":"cells","path":"cells/part-000000.parquet","rows":3,"bytes":4,"sha256":"b"}]}
      """;

  private static final List<ManifestEntry> ENTRIES =
      List.of(
          new ManifestEntry.RunStarted("r1", "2026-01-01T00:00:00Z", Map.of("tasks", "2")),
          new ManifestEntry.ModelLoaded("r1", "0", 1),
          new ManifestEntry.TaskCommitted(
              "r1",
              0,
              false,
              List.of(
                  new ResultFile(ResultTable.PAIRS, "pairs/p", 1, 2, "a"),
                  new ResultFile(ResultTable.CELLS, "cells/c", 3, 4, "b")),
              new TaskCounts(
                  2,
                  0,
                  1,
                  Map.of("ok", 1L),
                  Map.of("ok", 3L),
                  Map.of("l2", RecoveryError.between(0.5, 0.25))),
              new ComputedWith("k", "p")),
          new ManifestEntry.TaskQuarantined("r1", 1, "why"),
          new ManifestEntry.RunFinished("r1", "2026-01-01T00:01:00Z", RunOutcome.COMPLETE, 3),
          new ManifestEntry.FilesCompacted(
              "r2",
              "2026-01-01T00:02:00Z",
              "there",
              "c",
              List.of(new ResultFile(ResultTable.CELLS, "cells/part-000000.parquet", 3, 4, "b"))));

  static final String STUDY =
      """
      {"formatVersion":2,"identity":{"studyId":"capitals","fingerprint":"f1","fingerprintParts":{"model":"m1","prompts":"f1"},"versions":{"patchgrid":"0.1.0"},"studyText":"study { id = \\"capitals\\" }\\n"}}
      """;

  static final String STATUS =
      """
      {"run":"r1","outcome":"COMPLETE","exitCode":3,"at":"2026-01-01T00:01:00Z"}
      """;

  @Test
  void isReadAndWrittenAsBefore() throws IOException {
    List<String> lines = LISTING.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      check(lines.get(i), ENTRIES.get(i), ManifestEntry.class);
    }
    check(STUDY, StudyDocument.of(Samples.identity()), StudyDocument.class);
    check(
        STATUS,
        new RunStatus("r1", RunOutcome.COMPLETE, 3, "2026-01-01T00:01:00Z"),
        RunStatus.class);
  }

  private static <T> void check(String line, T value, Class<T> type) throws IOException {
    byte[] json = line.strip().getBytes(StandardCharsets.UTF_8);
    assertThat(new String(StoreJson.line(value), StandardCharsets.UTF_8)).isEqualTo(line.strip());
    assertThat(StoreJson.read(json, type)).isEqualTo(value);
  }
}
