package org.patchgrid.compact;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.store.DriverRun;
import org.patchgrid.store.HadoopSettings;
import org.patchgrid.store.PartWriter;
import org.patchgrid.store.StudyIdentity;

/**
 * What executors are told of a compaction.
 *
 * @param source the directory that is compacted, with its file system
 * @param target the directory that is made, with its file system
 */
record StudyPlaces(
    String source,
    String target,
    HadoopSettings hadoop,
    DriverRun run,
    String fingerprint,
    String studyId)
    implements Serializable {
  static StudyPlaces of(
      Path source, Path target, Configuration hadoop, DriverRun run, StudyIdentity identity) {
    return new StudyPlaces(
        source.toString(),
        target.toString(),
        new HadoopSettings(hadoop),
        run,
        identity.fingerprint(),
        identity.studyId());
  }

  Path sourcePath() {
    return new Path(source);
  }

  PartWriter writer() throws IOException {
    return new PartWriter(new Path(target), hadoop.configuration(), run, fingerprint, studyId);
  }
}
