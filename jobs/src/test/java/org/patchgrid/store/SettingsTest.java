package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class SettingsTest {
  @Test
  void hadoopSettingsSurviveJavaSerialization() throws IOException, ClassNotFoundException {
    Configuration configuration = new Configuration();
    configuration.set("fs.example.key", "value");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new HadoopSettings(configuration));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      HadoopSettings read = (HadoopSettings) in.readObject();
      assertThat(read.configuration().get("fs.example.key")).isEqualTo("value");
      assertThat(read.configuration().get("fs.defaultFS")).isEqualTo("file:///");
    }
  }

  @Test
  void driverRunsSortByTimeAndDiffer() {
    Clock clock = Clock.fixed(Instant.parse("2026-03-04T05:06:07Z"), ZoneOffset.UTC);
    DriverRun one = DriverRun.begin(clock);
    assertThat(one.id()).matches("20260304T050607Z-[0-9a-f]{8}");
    assertThat(one).isNotEqualTo(DriverRun.begin(clock));
  }

  @Test
  void driverRunIsAPlainName() {
    assertThatThrownBy(() -> new DriverRun("../other"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid driver run id: '../other'");
  }
}
