package org.patchgrid.table;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.Measurement;

/**
 * Rows of {@code cells} as bytes, for whoever can sort bytes: keys, compared as unsigned ({@link
 * Arrays#compareUnsigned(byte[], byte[])}), have the order of {@link Measurement#ROW_ORDER}.
 *
 * <p>A key is the columns of that order one after the other. A text is its UTF-16 code units, which
 * are what Java compares, as UTF-8 would write each (ASCII: one byte), and ends with 00 00; U+0000
 * is 00 FF. A number is four bytes, one more than itself; null is 0, and for texts the empty one.
 */
public final class SortableRow {
  private static final int NUMBERS = 5;
  private static final byte END = 0;
  private static final byte ZERO = (byte) 0xFF;

  /** Rows are read by the code that wrote them: the place in this list is the code. */
  private static final List<CellStatus> STATUSES = List.of(CellStatus.values());

  private final byte[] key;
  private final byte[] values;

  public SortableRow(byte[] key, byte[] values) {
    this.key = key;
    this.values = values;
  }

  /** Not to be changed. */
  public byte[] key() {
    return key;
  }

  /** What is not part of the key; not to be changed. */
  public byte[] values() {
    return values;
  }

  /**
   * Every {@code step}th row of a cells file, the first one first.
   *
   * @param file its bytes, so that there is nothing to close
   */
  public static Iterator<SortableRow> rows(byte[] file, int step, Configuration configuration)
      throws IOException {
    return new Rows(CellScan.open(new ParquetFiles.Content(file, "cells"), configuration), step);
  }

  /** The row of these bytes. */
  public static Measurement decode(byte[] key, byte[] values) {
    Decoder from = new Decoder(key);
    String sweep = from.text();
    String direction = from.text();
    String component = from.text();
    int layer = from.number().orElseThrow();
    OptionalInt head = from.number();
    OptionalInt position = from.number();
    Optional<String> label = from.optionalText();
    String pairId = from.text();
    int window = from.number().orElseThrow();
    String value = from.text();
    String corruption = from.text();
    OptionalInt sourcePosition = from.number();
    Optional<String> receiver = from.optionalText();
    String metric = from.text();
    SiteColumns site =
        new SiteColumns(
            sweep,
            direction,
            component,
            layer,
            head,
            position,
            label,
            window,
            value,
            corruption,
            sourcePosition,
            receiver);
    ByteBuffer numbers = ByteBuffer.wrap(values);
    return CellTable.measurement(
        site,
        pairId,
        metric,
        numbers.getDouble(),
        numbers.getDouble(),
        numbers.getDouble(),
        numbers.getDouble(),
        numbers.getDouble(),
        STATUSES.get(numbers.get()));
  }

  /** How many bytes a table of these rows would have for each of them, about. */
  public static double bytesPerRow(
      List<SortableRow> sorted, String studyId, Configuration configuration) throws IOException {
    ParquetFiles.CountingOutput out = new ParquetFiles.CountingOutput();
    List<Measurement> rows = new ArrayList<>();
    sorted.forEach(row -> rows.add(decode(row.key(), row.values())));
    CellTable.write(out, configuration, FooterTag.ofPart("", 0), studyId, rows);
    return (double) out.bytes() / Math.max(1, rows.size());
  }

  private static final class Rows implements Iterator<SortableRow> {
    private final CellScan scan;
    private final int step;
    private final Encoder encoder = new Encoder();
    private boolean there;

    private Rows(CellScan scan, int step) throws IOException {
      this.scan = scan;
      this.step = step;
      there = scan.next();
    }

    @Override
    public boolean hasNext() {
      return there;
    }

    @Override
    public SortableRow next() {
      if (!there) {
        throw new NoSuchElementException();
      }
      SortableRow row = encoder.row(scan);
      try {
        for (int i = 0; i < step && there; i++) {
          there = scan.next();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return row;
    }
  }

  /** Remembers the site of the row before, which the next one often has too. */
  private static final class Encoder {
    private Optional<SiteColumns> site = Optional.empty();
    private byte[] beforePair = {};
    private byte[] afterPair = {};

    private SortableRow row(CellScan scan) {
      SiteColumns current = scan.site();
      if (site.isEmpty() || !site.get().equals(current)) {
        site = Optional.of(current);
        beforePair = beforePair(current);
        afterPair = afterPair(current);
      }
      ByteArrayOutputStream key = new ByteArrayOutputStream(128);
      key.writeBytes(beforePair);
      text(key, scan.pairId());
      key.writeBytes(afterPair);
      text(key, scan.metric());
      ByteBuffer values = ByteBuffer.allocate(NUMBERS * Double.BYTES + 1);
      values.putDouble(scan.clean()).putDouble(scan.corrupted()).putDouble(scan.patched());
      values.putDouble(scan.recovery()).putDouble(scan.effect());
      values.put((byte) STATUSES.indexOf(scan.status()));
      return new SortableRow(key.toByteArray(), values.array());
    }

    private static byte[] beforePair(SiteColumns site) {
      ByteArrayOutputStream key = new ByteArrayOutputStream();
      text(key, site.sweep());
      text(key, site.direction());
      text(key, site.component());
      number(key, OptionalInt.of(site.layer()));
      number(key, site.head());
      number(key, site.position());
      text(key, site.positionLabel().orElse(""));
      return key.toByteArray();
    }

    private static byte[] afterPair(SiteColumns site) {
      ByteArrayOutputStream key = new ByteArrayOutputStream();
      number(key, OptionalInt.of(site.window()));
      text(key, site.value());
      text(key, site.corruption());
      number(key, site.sourcePosition());
      text(key, site.receiver().orElse(""));
      return key.toByteArray();
    }

    private static void number(ByteArrayOutputStream key, OptionalInt number) {
      key.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(number.orElse(-1) + 1).array());
    }

    private static void text(ByteArrayOutputStream key, String text) {
      for (int i = 0; i < text.length(); i++) {
        char unit = text.charAt(i);
        if (unit == 0) {
          key.write(END);
          key.write(ZERO);
        } else if (unit < 0x80) {
          key.write(unit);
        } else if (unit < 0x800) {
          key.write(0xC0 | (unit >> 6));
          key.write(0x80 | (unit & 0x3F));
        } else {
          key.write(0xE0 | (unit >> 12));
          key.write(0x80 | ((unit >> 6) & 0x3F));
          key.write(0x80 | (unit & 0x3F));
        }
      }
      key.write(END);
      key.write(END);
    }
  }

  private static final class Decoder {
    private final ByteBuffer key;
    private final StringBuilder text = new StringBuilder();

    private Decoder(byte[] key) {
      this.key = ByteBuffer.wrap(key);
    }

    private OptionalInt number() {
      int number = key.getInt() - 1;
      return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private Optional<String> optionalText() {
      return Optional.of(text()).filter(present -> !present.isEmpty());
    }

    private String text() {
      text.setLength(0);
      while (true) {
        int first = key.get() & 0xFF;
        if (first == 0) {
          if (key.get() == END) {
            return text.toString();
          }
          text.append('\0');
        } else if (first < 0x80) {
          text.append((char) first);
        } else if (first < 0xE0) {
          text.append((char) (((first & 0x1F) << 6) | next()));
        } else {
          text.append((char) (((first & 0xF) << 12) | (next() << 6) | next()));
        }
      }
    }

    private int next() {
      return key.get() & 0x3F;
    }
  }
}
