package org.patchgrid.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptSetStatistics;
import org.patchgrid.table.CellRow;
import org.patchgrid.table.CellTable;
import org.patchgrid.table.FooterTag;
import org.patchgrid.table.PairTable;
import org.patchgrid.table.ParquetFiles;

/**
 * The driver's side of the store: the only code that gives a file its final name. The protocol is
 * described with the package. Safe for several threads, which take turns.
 *
 * <p>{@link #open} creates a study's directory or resumes it; {@link #commit} makes a task part of
 * it; {@link #flush} or, from a timer, {@link #flushIfDue} lists what was committed; {@link
 * #finish} writes how the run ended. {@link #close} only flushes, for runs that end in an
 * exception.
 *
 * <p>Staging directories: {@link #finish} removes that of its run, and all of them when the study
 * is complete, save what others write there meanwhile. Opening removes those of runs that are
 * listed as finished (files that a late executor left there after the end). Those of other runs may
 * be in use by a living driver and stay until the study is complete.
 */
public final class ResultStore implements AutoCloseable {
  static final String STUDY_TEXT = "study.conf";

  private final ResultDirectory directory;
  private final StudyIdentity identity;
  private final DriverRun run;
  private final Clock clock;
  private final Manifest manifest;
  private final ManifestLog log;

  private ResultStore(
      ResultDirectory directory,
      StudyIdentity identity,
      DriverRun run,
      Clock clock,
      Manifest manifest) {
    this.directory = directory;
    this.identity = identity;
    this.run = run;
    this.clock = clock;
    this.manifest = manifest;
    this.log = new ManifestLog(directory, run, clock);
  }

  /**
   * Creates the study's directory, or resumes the study in it: checks that every listed file is
   * there, and adopts committed files that are not listed.
   *
   * @param path on any file system that Hadoop knows; a relative one is below the file system's
   *     working directory
   * @param run must not have been used before
   * @param clock decides when the manifest is due and what time events have
   * @throws PatchgridException if the directory holds another study, other files, or a study that
   *     is damaged or compacted
   * @throws TaskConflictException if two files claim to be the same task
   */
  public static ResultStore open(
      Path path, Configuration configuration, StudyIdentity identity, DriverRun run, Clock clock)
      throws IOException {
    ResultDirectory directory = ResultDirectory.at(path, configuration);
    StudyIdentity stored = claim(directory, identity, run);
    Manifest manifest = Manifest.read(directory);
    refuseCompacted(directory, manifest);
    for (ResultTable table : ResultTable.values()) {
      directory.makeDirectory(table.label());
    }
    ResultStore store = new ResultStore(directory, stored, run, clock, manifest);
    store.removeStagingOfFinishedRuns();
    store.checkListedFiles();
    store.adoptUnlistedFiles();
    store.flush();
    return store;
  }

  /**
   * Looks whether {@link #open} would take a directory, and changes nothing.
   *
   * @throws PatchgridException if the directory holds another study, other files, or a compacted
   *     study
   */
  public static void requireFree(Path path, Configuration configuration, StudyIdentity identity)
      throws IOException {
    ResultDirectory directory = ResultDirectory.at(path, configuration);
    Optional<StudyDocument> stored = StudyDocument.read(directory);
    if (stored.isEmpty()) {
      refuseForeignFiles(directory);
      return;
    }
    requireSame(directory, stored.get().identity(), identity);
    refuseCompacted(directory, Manifest.read(directory));
  }

  /** Makes sure that the directory is this study's, and returns the identity it was made with. */
  private static StudyIdentity claim(
      ResultDirectory directory, StudyIdentity identity, DriverRun run) throws IOException {
    if (StudyDocument.read(directory).isEmpty()) {
      refuseForeignFiles(directory);
      directory.makeDirectory(ResultDirectory.MANIFEST);
      byte[] document = StoreJson.document(StudyDocument.of(identity));
      directory.writeUnlessThere(StudyDocument.NAME, document, run);
    }
    // Read back: of two drivers that began together, one finds the other's study here.
    StudyIdentity stored =
        StudyDocument.read(directory)
            .orElseThrow(() -> new IOException("Cannot find " + StudyDocument.NAME))
            .identity();
    requireSame(directory, stored, identity);
    if (!directory.exists(STUDY_TEXT)) {
      byte[] text = stored.studyText().getBytes(StandardCharsets.UTF_8);
      directory.writeUnlessThere(STUDY_TEXT, text, run);
    }
    return stored;
  }

  /** A run that died before its first rename leaves an empty manifest and a staging directory. */
  private static void refuseForeignFiles(ResultDirectory directory) throws IOException {
    Optional<FileStatus> root = directory.rootStatus();
    if (root.isEmpty()) {
      return;
    }
    if (root.get().isFile()) {
      throw new PatchgridException(
          "Cannot write results to '" + directory + "': it is a file; choose another --out");
    }
    List<String> foreign = new ArrayList<>();
    for (FileStatus entry : directory.list()) {
      String name = entry.getPath().getName();
      boolean ours =
          name.equals(ResultDirectory.STAGING)
              || (name.equals(ResultDirectory.MANIFEST) && directory.list(name).isEmpty());
      if (!ours) {
        foreign.add(name);
      }
    }
    // Another driver may have begun the study while we looked.
    if (!foreign.isEmpty() && !directory.exists(StudyDocument.NAME)) {
      throw new PatchgridException(
          "Cannot write results to '"
              + directory
              + "': it holds "
              + ResultDirectory.some(foreign)
              + " but no study; choose an empty or new directory as --out");
    }
  }

  private static void refuseCompacted(ResultDirectory directory, Manifest manifest) {
    if (manifest.compacted().isPresent()) {
      throw new PatchgridException(
          "Cannot run into '%s': it is a compacted copy of '%s', which takes no more tasks; run into that directory, or choose another --out"
              .formatted(directory, manifest.compacted().get().source()));
    }
  }

  private static void requireSame(
      ResultDirectory directory, StudyIdentity stored, StudyIdentity wanted) {
    if (stored.fingerprint().equals(wanted.fingerprint())) {
      return;
    }
    Set<String> parts = wanted.differingParts(stored);
    throw new PatchgridException(
        "Cannot use '"
            + directory
            + "': it holds study '"
            + stored.studyId()
            + "' with fingerprint "
            + stored.fingerprint()
            + ", not '"
            + wanted.studyId()
            + "' with fingerprint "
            + wanted.fingerprint()
            + (parts.isEmpty() ? "" : " (they differ in: " + String.join(", ", parts) + ")")
            + "; choose another --out");
  }

  private void removeStagingOfFinishedRuns() throws IOException {
    for (FileStatus entry : directory.list(ResultDirectory.STAGING)) {
      String name = entry.getPath().getName();
      if (manifest.hasFinished(name)) {
        directory.clear(ResultDirectory.STAGING + "/" + name);
      }
    }
  }

  /** Sizes only: hashing everything is what {@code verify} is for. */
  private void checkListedFiles() throws IOException {
    Map<String, Long> lengths = new TreeMap<>();
    for (ResultTable table : ResultTable.values()) {
      for (FileStatus file : directory.list(table.label())) {
        lengths.put(table.label() + "/" + file.getPath().getName(), file.getLen());
      }
    }
    for (ManifestEntry.TaskCommitted task : manifest.tasks()) {
      for (ResultFile file : task.files()) {
        Long length = lengths.get(file.path());
        if (length == null) {
          throw damaged(file.path(), "it is listed in the manifest but missing");
        }
        if (length != file.bytes()) {
          throw damaged(
              file.path(), "it has " + length + " bytes, the manifest says " + file.bytes());
        }
      }
    }
  }

  private PatchgridException damaged(String path, String what) {
    return new PatchgridException(
        "Cannot resume '"
            + directory
            + "': '"
            + path
            + "' is damaged, "
            + what
            + "; restore it from a copy, or start again with another --out");
  }

  private void adoptUnlistedFiles() throws IOException {
    for (int task : unlistedTasks(ResultTable.PAIRS)) {
      // Without a cells file the task runs again and finds its pairs file in place.
      requireOwnFooter(ResultTable.PAIRS, task);
    }
    for (int task : unlistedTasks(ResultTable.CELLS)) {
      ParquetMetadata footer = requireOwnFooter(ResultTable.CELLS, task);
      List<ResultFile> files = new ArrayList<>();
      Map<String, Long> pairs = new TreeMap<>();
      String pairsPath = ResultTable.PAIRS.path(task);
      if (directory.exists(pairsPath)) {
        files.add(
            committedFile(ResultTable.PAIRS, task, requireOwnFooter(ResultTable.PAIRS, task)));
        pairs.putAll(
            PairTable.countByStatus(directory.input(pairsPath), directory.configuration()));
      }
      files.add(committedFile(ResultTable.CELLS, task, footer));
      list(
          new ManifestEntry.TaskCommitted(
              run.id(), task, true, files, countRows(task, pairs), ComputedWith.UNKNOWN));
    }
  }

  private Set<Integer> unlistedTasks(ResultTable table) throws IOException {
    Set<Integer> unlisted = new TreeSet<>();
    for (FileStatus file : directory.list(table.label())) {
      String name = file.getPath().getName();
      OptionalInt task = ResultTable.taskOf(name);
      if (task.isEmpty()) {
        throw new PatchgridException(
            foreignMessage(table.label() + "/" + name, "its name is not one of a result file"));
      }
      boolean listed =
          manifest.task(task.getAsInt()).flatMap(known -> known.file(table)).isPresent();
      if (!listed) {
        unlisted.add(task.getAsInt());
      }
    }
    return unlisted;
  }

  private ParquetMetadata requireOwnFooter(ResultTable table, int task) throws IOException {
    String path = table.path(task);
    ParquetMetadata footer;
    try {
      footer = ParquetFiles.footer(directory.input(path), directory.configuration());
    } catch (IOException e) {
      throw new PatchgridException(
          foreignMessage(path, "it is not listed in the manifest and its footer cannot be read"),
          e);
    }
    Map<String, String> metadata = footer.getFileMetaData().getKeyValueMetaData();
    if (!FooterTag.ofTask(identity.fingerprint(), task).matches(metadata)) {
      throw new PatchgridException(foreignMessage(path, "it is of another study or task"));
    }
    return footer;
  }

  private String foreignMessage(String path, String why) {
    return "Cannot resume '"
        + directory
        + "': '"
        + path
        + "' is not part of the study, "
        + why
        + "; move it away and run again";
  }

  private ResultFile committedFile(ResultTable table, int task, ParquetMetadata footer)
      throws IOException {
    String path = table.path(task);
    long bytes = directory.input(path).getLength();
    return new ResultFile(table, path, ParquetFiles.rows(footer), bytes, directory.sha256(path));
  }

  private TaskCounts countRows(int task, Map<String, Long> pairs) throws IOException {
    TaskCounts.CellCounter cells = new TaskCounts.CellCounter();
    try (CellTable.Reader rows =
        CellTable.open(directory.input(ResultTable.CELLS.path(task)), directory.configuration())) {
      for (Optional<CellRow> row = rows.next(); row.isPresent(); row = rows.next()) {
        cells.add(row.get().measurement());
      }
    }
    return cells.counts(pairs, 0, Map.of()); // what was audited is in no file
  }

  /**
   * The statistics of the prompt set that an earlier run has kept.
   *
   * @throws PatchgridException if they are damaged
   */
  public Optional<PromptSetStatistics> statistics() throws IOException {
    return StageFile.STATISTICS
        .read(directory, identity.fingerprint())
        .map(StatisticsDocument::statistics);
  }

  /**
   * Keeps the statistics of the prompt set, unless another driver was faster.
   *
   * @return those that are kept: to be used from now on
   */
  public PromptSetStatistics keep(PromptSetStatistics statistics) throws IOException {
    StatisticsDocument document = StatisticsDocument.of(statistics);
    return StageFile.STATISTICS.keep(directory, identity.fingerprint(), document, run).statistics();
  }

  /**
   * What the study's screens have chosen in an earlier run.
   *
   * @throws PatchgridException if it is damaged
   */
  public Optional<ScreenRanking> ranking() throws IOException {
    return StageFile.RANKING.read(directory, identity.fingerprint());
  }

  /** Keeps what screens have chosen, as {@link #keep(PromptSetStatistics)} does. */
  public ScreenRanking keep(ScreenRanking ranking) throws IOException {
    return StageFile.RANKING.keep(directory, identity.fingerprint(), ranking, run);
  }

  /**
   * Makes a task part of the study. To be called for one attempt of a task, the one that Spark
   * accepted; calling it again, or for the same bytes of another attempt, does no harm.
   *
   * @throws DamagedFileException if a staged file is not what the executor reported; nothing was
   *     committed, and the task can be run again
   * @throws TaskConflictException if the study has other bytes for this task
   */
  public synchronized CommitOutcome commit(StagedTask staged) throws IOException {
    Optional<ManifestEntry.TaskCommitted> known = manifest.task(staged.task());
    if (known.isPresent()) {
      manifest.requireSameBytes(staged.task(), known.get().files(), staged.files());
      dropStaged(staged.files());
      return CommitOutcome.ALREADY_COMMITTED;
    }
    List<ResultFile> committed = new ArrayList<>();
    List<ResultFile> toRename = new ArrayList<>();
    List<ResultFile> toDrop = new ArrayList<>();
    // All checks come before the first rename.
    for (ResultFile file : staged.files()) {
      ResultFile target = file.at(file.table().path(staged.task()));
      committed.add(target);
      if (isThere(target)) {
        toDrop.add(file);
      } else {
        requireAsReportedOrThere(file, target);
        toRename.add(file);
      }
    }
    for (ResultFile file : toRename) {
      if (!move(file, file.at(file.table().path(staged.task())))) {
        toDrop.add(file);
      }
    }
    boolean cellsWereThere = toDrop.stream().anyMatch(file -> file.table() == ResultTable.CELLS);
    list(
        new ManifestEntry.TaskCommitted(
            run.id(),
            staged.task(),
            cellsWereThere,
            committed,
            staged.counts(),
            staged.computedWith()));
    dropStaged(toDrop);
    log.flushIfDue();
    return cellsWereThere ? CommitOutcome.ALREADY_COMMITTED : CommitOutcome.COMMITTED;
  }

  /** False if another driver was faster than we after our look at the name, with the same bytes. */
  private boolean move(ResultFile staged, ResultFile target) throws IOException {
    try {
      directory.moveToFreeName(staged.path(), target.path());
      return true;
    } catch (IOException e) {
      if (!isThere(target)) {
        throw e;
      }
      return false;
    }
  }

  /** Another driver that completes the study clears what is staged. */
  private void requireAsReportedOrThere(ResultFile staged, ResultFile target) throws IOException {
    try {
      requireAsReported(staged);
    } catch (DamagedFileException | FileNotFoundException e) {
      if (!isThere(target)) {
        throw e;
      }
    }
  }

  /**
   * @throws TaskConflictException if it is there with other bytes
   */
  private boolean isThere(ResultFile target) throws IOException {
    if (!directory.exists(target.path())) {
      return false;
    }
    String hash = directory.sha256(target.path());
    if (!hash.equals(target.sha256())) {
      throw new TaskConflictException(directory.toString(), target.path(), hash, target.sha256());
    }
    return true;
  }

  private void requireAsReported(ResultFile file) throws IOException {
    Optional<FileStatus> status = directory.status(file.path());
    if (status.isEmpty()) {
      throw new DamagedFileException("Staged file is missing: " + directory.resolve(file.path()));
    }
    if (status.get().getLen() != file.bytes()) {
      throw new DamagedFileException(
          "Staged file has "
              + status.get().getLen()
              + " bytes, not the "
              + file.bytes()
              + " that were written: "
              + directory.resolve(file.path()));
    }
    if (!directory.sha256(file.path()).equals(file.sha256())) {
      throw new DamagedFileException(
          "Staged file has other bytes than were written: " + directory.resolve(file.path()));
    }
  }

  private void dropStaged(List<ResultFile> files) throws IOException {
    for (ResultFile file : files) {
      if (!file.path().startsWith(ResultDirectory.STAGING + "/")) {
        throw new IllegalArgumentException("Not a staged file: " + file.path());
      }
      directory.delete(file.path());
    }
  }

  private void list(ManifestEntry entry) {
    manifest.add(entry);
    log.add(entry);
  }

  /** Records that this run began, and lists it at once. */
  public synchronized void runStarted(Map<String, String> details) throws IOException {
    list(new ManifestEntry.RunStarted(run.id(), clock.instant().toString(), details));
    log.flush();
  }

  /**
   * Records how often an executor has loaded the model in this run, up to now; saying it again is
   * free.
   */
  public synchronized void modelLoaded(String executor, int loads) {
    if (loads > manifest.modelLoads(run.id(), executor)) {
      list(new ManifestEntry.ModelLoaded(run.id(), executor, loads));
    }
  }

  /**
   * The tasks that earlier runs, which did not end in order, were computing at their end, with how
   * many of those runs computed nothing else then.
   */
  public synchronized Map<Integer, Integer> endedUnder() throws IOException {
    return new StartedTasks(directory)
        .endedUnder(name -> !name.equals(run.id()) && !manifest.hasFinished(name));
  }

  /** Records that this run gives a task up. */
  public synchronized void taskQuarantined(int task, String reason) {
    list(new ManifestEntry.TaskQuarantined(run.id(), task, reason));
  }

  /** Writes what is not yet listed if 1,000 entries or the oldest for 5 seconds have waited. */
  public synchronized void flushIfDue() throws IOException {
    log.flushIfDue();
  }

  /** Writes what is not yet listed. */
  public synchronized void flush() throws IOException {
    log.flush();
  }

  /**
   * Ends the run: lists everything, compares with what other drivers have listed meanwhile, writes
   * {@code manifest/status.json} and removes staged files.
   *
   * @throws TaskConflictException if another driver listed other bytes for a task
   */
  public synchronized void finish(RunOutcome outcome, int exitCode) throws IOException {
    log.flush();
    Manifest.read(directory);
    String now = clock.instant().toString();
    directory.replace(
        StoredStudy.STATUS,
        StoreJson.document(new RunStatus(run.id(), outcome, exitCode, now)),
        run);
    list(new ManifestEntry.RunFinished(run.id(), now, outcome, exitCode));
    log.flush();
    directory.clear(
        outcome == RunOutcome.COMPLETE ? ResultDirectory.STAGING : run.stagingDirectory());
  }

  /** The study's directory with its file system: what executors are told. */
  public Path directory() {
    return directory.root();
  }

  /** By which an executor tells that it sees this directory. */
  public SharedOutput sharedOutput() throws IOException {
    return SharedOutput.of(directory);
  }

  /** The identity that the directory was created with; its text may differ from the opener's. */
  public StudyIdentity identity() {
    return identity;
  }

  public DriverRun run() {
    return run;
  }

  /** The numbers of all committed tasks; a copy. */
  public synchronized BitSet completedTasks() {
    return manifest.completedTasks();
  }

  public synchronized StoreSummary summary() {
    return manifest.summary();
  }

  /** Lists what was committed. Without {@link #finish} the run counts as one that was killed. */
  @Override
  public synchronized void close() throws IOException {
    log.flush();
  }
}
