package org.patchgrid.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptSetStatistics;

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
 * has come to its end, save what others write there meanwhile. Opening removes those of runs that
 * are listed as finished (files that a late executor left there after the end). Those of other runs
 * may be in use by a living driver and stay until the study has come to its end.
 */
public final class ResultStore implements AutoCloseable {
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
    StudyIdentity stored = StudyClaim.claim(directory, identity, run);
    Manifest manifest = Manifest.read(directory);
    StudyClaim.refuseCompacted(directory, manifest);
    for (ResultTable table : ResultTable.values()) {
      directory.makeDirectory(table.label());
    }
    ResultStore store = new ResultStore(directory, stored, run, clock, manifest);
    Resumption resumption = new Resumption(directory, stored, manifest);
    resumption.removeStagingOfFinishedRuns();
    resumption.checkListedFiles();
    resumption.unlistedTasks(run).forEach(store::list);
    store.flush();
    return store;
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
      directory.requireBytes(staged.path(), staged.bytes(), staged.sha256());
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
    directory.clear(outcome.isEndOfStudy() ? ResultDirectory.STAGING : run.stagingDirectory());
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
