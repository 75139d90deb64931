package org.patchgrid.aggregate;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import org.patchgrid.table.GroupStatistics;
import org.patchgrid.table.Measure;
import org.patchgrid.table.StatusCounts;

/**
 * The numbers of a group for one subset of the pairs and one measure. Travels as bytes of Java's
 * serialization, since records fail under Kryo.
 */
record GroupResult(
    int subset, Measure measure, int sites, StatusCounts counts, GroupStatistics statistics)
    implements Serializable {

  static byte[] toBytes(List<GroupResult> results) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(results.toArray(GroupResult[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write to memory", e);
    }
    return bytes.toByteArray();
  }

  static List<GroupResult> ofBytes(byte[] bytes) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return List.of((GroupResult[]) in.readObject());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read from memory", e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("Driver and executors run different code", e);
    }
  }
}
