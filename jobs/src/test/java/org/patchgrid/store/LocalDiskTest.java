package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDiskTest {
  @Test
  void startsNoProcessForANewFile(@TempDir Path temporary) throws IOException {
    Path events = temporary.resolve("events.jfr");
    Path study = Files.createDirectory(temporary.resolve("study"));
    ResultDirectory directory =
        ResultDirectory.at(
            new org.apache.hadoop.fs.Path(study.toUri().toString()), new Configuration());
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ProcessStart");
      recording.start();
      directory.touch("made");
      recording.stop();
      recording.dump(events);
    }
    List<RecordedEvent> processes = RecordingFile.readAllEvents(events);
    assertThat(processes).isEmpty();
    assertThat(Files.getPosixFilePermissions(study.resolve("made")))
        .isEqualTo(Files.getPosixFilePermissions(Files.createFile(study.resolve("by-java"))));
  }
}
