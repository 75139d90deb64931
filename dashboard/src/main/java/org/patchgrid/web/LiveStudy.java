package org.patchgrid.web;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.patchgrid.report.Study;
import org.patchgrid.report.StudyFacts;
import org.patchgrid.results.StudyFiles;
import org.patchgrid.results.StudyResults;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A study that may be running: its tables are opened anew when its files have changed. Questions
 * that are being answered finish on the tables they began with.
 */
final class LiveStudy implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LiveStudy.class);

  /** Opening and loading rest for so many times as long as they took. */
  private static final int REST = 4;

  private final DashboardServer.Settings settings;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final ScheduledThreadPoolExecutor timer;
  private final AtomicLong loadingTook = new AtomicLong();
  private Opened opened;

  private record Opened(String version, Study study, AnswerCache answers) {}

  LiveStudy(DashboardServer.Settings settings) throws IOException {
    this.settings = settings;
    this.opened = open(settings.source().files());
    this.timer =
        new ScheduledThreadPoolExecutor(
            2, task -> DashboardServer.daemon(task, "patchgrid-dashboard-refresh"));
    next(settings.interval().toMillis());
    loadLater(opened.study());
  }

  private Opened open(StudyFiles files) throws IOException {
    // The version first: what is written meanwhile makes another one.
    String version = files.version();
    StudyFacts facts = StudyFacts.read(files);
    Optional<StudyFiles> second =
        settings.other().isPresent()
            ? Optional.of(settings.other().get().files())
            : Optional.empty();
    return new Opened(
        version,
        Study.of(facts, StudyResults.open(settings.views(), files, second), settings.questions()),
        new AnswerCache());
  }

  /** Changes when the study does. */
  String version() {
    return reading(Opened::version);
  }

  /** Lets someone ask; the study must not be kept. */
  <T> T ask(Function<Study, T> question) {
    return reading(now -> question.apply(now.study()));
  }

  /** The answer to a question, which stays the same until the study changes. */
  Reply answer(List<String> key, Function<Study, Reply> question) {
    return reading(now -> now.answers().get(key, () -> question.apply(now.study())));
  }

  private <T> T reading(Function<Opened, T> question) {
    lock.readLock().lock();
    try {
      return question.apply(opened);
    } finally {
      lock.readLock().unlock();
    }
  }

  private void next(long milliseconds) {
    var unused = timer.schedule(this::refreshSafely, milliseconds, TimeUnit.MILLISECONDS);
  }

  /**
   * Brings a version into memory, in the background. While a study runs, most versions are gone
   * before their turn.
   */
  private void loadLater(Study study) {
    var unused = timer.schedule(() -> load(study), REST * loadingTook.get(), TimeUnit.MILLISECONDS);
  }

  private void load(Study study) {
    long start = System.nanoTime();
    try {
      study.results().load();
    } catch (RuntimeException e) {
      log.warn("Answers about this study will be slower: its tables stay on the disk", e);
    } finally {
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      loadingTook.accumulateAndGet(took, Math::max);
    }
  }

  /** What cannot be read now may be there the next time: a remote study, a file being replaced. */
  private void refreshSafely() {
    long start = System.nanoTime();
    try {
      refresh();
    } catch (IOException | PatchgridException e) {
      log.warn("Cannot look for news of the study: {}", Reason.of(e));
    } finally {
      if (!timer.isShutdown()) {
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        next(Math.max(settings.interval().toMillis(), REST * took));
      }
    }
  }

  /** Opens the tables again if a file has changed. */
  void refresh() throws IOException {
    StudyFiles files = settings.source().files();
    if (files.version().equals(version())) {
      return;
    }
    Opened fresh = open(files);
    Study old;
    lock.writeLock().lock();
    try {
      old = opened.study();
      opened = fresh;
    } finally {
      lock.writeLock().unlock();
    }
    old.close();
    loadLater(fresh.study());
  }

  @Override
  public void close() {
    timer.shutdownNow();
    lock.writeLock().lock();
    try {
      opened.study().close();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
