package org.patchgrid.table;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.Type;
import org.patchgrid.study.CellStatus;

/**
 * The rows of a cells file one after the other, without an object a row for who reads a whole
 * study: {@link #next} goes to the next one, the other methods tell its columns. A number that is
 * null is NaN here.
 */
public final class CellScan implements Closeable {
  private static final Map<String, CellStatus> STATUSES =
      Arrays.stream(CellStatus.values()).collect(Collectors.toMap(CellStatus::label, s -> s));

  private final ParquetRows<RowFields> rows;
  private final RowFields row;
  private Optional<SiteColumns> site = Optional.empty();

  private CellScan(ParquetRows<RowFields> rows, RowFields row) {
    this.rows = rows;
    this.row = row;
  }

  public static CellScan open(InputFile input, Configuration configuration) throws IOException {
    RowFields row = new RowFields();
    RecordMaterializer<RowFields> intoRow =
        new RecordMaterializer<>() {
          @Override
          public RowFields getCurrentRecord() {
            return row;
          }

          @Override
          public GroupConverter getRootConverter() {
            return row;
          }
        };
    return new CellScan(ParquetRows.open(input, configuration, CellTable.SCHEMA, intoRow), row);
  }

  /** Goes to the next row; false after the last. */
  public boolean next() throws IOException {
    return rows.next().isPresent();
  }

  /** The same instance as for the row before if the site is the same. */
  public SiteColumns site() {
    if (site.isEmpty() || !row.isAt(site.get())) {
      site = Optional.of(row.site());
    }
    return site.get();
  }

  public String pairId() {
    return row.pairId.value;
  }

  public String metric() {
    return row.metric.value;
  }

  public double clean() {
    return row.clean.value;
  }

  public double corrupted() {
    return row.corrupted.value;
  }

  public double patched() {
    return row.patched.value;
  }

  public double recovery() {
    return row.recovery.value;
  }

  public double effect() {
    return row.effect.value;
  }

  public CellStatus status() {
    CellStatus status = STATUSES.get(row.status.value);
    if (status == null) {
      throw new IllegalStateException(
          "Unknown status '" + row.status.value + "' in a cells file: a newer version wrote it");
    }
    return status;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }

  public CellRow row() {
    return new CellRow(
        row.studyId.value,
        CellTable.measurement(
            site(),
            pairId(),
            metric(),
            clean(),
            corrupted(),
            patched(),
            recovery(),
            effect(),
            status()));
  }

  /** The current row's values; Parquet calls the converter of each column that is not null. */
  private static final class RowFields extends GroupConverter {
    private final Map<String, Field> columns = new HashMap<>();
    private final List<Field> nullable = new ArrayList<>();
    private final Text studyId = column("study_id", new Text());
    private final Text sweep = column("sweep", new Text());
    private final Text pairId = column("pair_id", new Text());
    private final Text direction = column("direction", new Text());
    private final Text component = column("component", new Text());
    private final Whole layer = column("layer", new Whole());
    private final Whole head = column("head", new Whole());
    private final Whole position = column("position", new Whole());
    private final Text positionLabel = column("position_label", new Text());
    private final Whole window = column("window", new Whole());
    private final Text value = column("value", new Text());
    private final Text corruption = column("corruption", new Text());
    private final Whole sourcePosition = column("source_position", new Whole());
    private final Text receiver = column("receiver", new Text());
    private final Text metric = column("metric", new Text());
    private final Real clean = column("clean", new Real());
    private final Real corrupted = column("corrupted", new Real());
    private final Real patched = column("patched", new Real());
    private final Real recovery = column("recovery", new Real());
    private final Real effect = column("effect", new Real());
    private final Text status = column("status", new Text());

    private <F extends Field> F column(String name, F field) {
      columns.put(name, field);
      if (CellTable.SCHEMA.getType(name).isRepetition(Type.Repetition.OPTIONAL)) {
        nullable.add(field);
      }
      return field;
    }

    @Override
    public Converter getConverter(int field) {
      return Objects.requireNonNull(columns.get(CellTable.SCHEMA.getFieldName(field)));
    }

    @Override
    public void start() {
      for (Field field : nullable) {
        field.clear();
      }
    }

    @Override
    public void end() {}

    private boolean isAt(SiteColumns site) {
      return layer.value == site.layer()
          && head.optional().equals(site.head())
          && position.optional().equals(site.position())
          && component.value.equals(site.component())
          && positionLabel.value.equals(site.positionLabel().orElse(""))
          && direction.value.equals(site.direction())
          && sweep.value.equals(site.sweep())
          && window.value == site.window()
          && value.value.equals(site.value())
          && corruption.value.equals(site.corruption())
          && sourcePosition.optional().equals(site.sourcePosition())
          && receiver.value.equals(site.receiver().orElse(""));
    }

    private SiteColumns site() {
      return new SiteColumns(
          sweep.value,
          direction.value,
          component.value,
          layer.value,
          head.optional(),
          position.optional(),
          positionLabel.optional(),
          window.value,
          value.value,
          corruption.value,
          sourcePosition.optional(),
          receiver.optional());
    }
  }

  private abstract static class Field extends PrimitiveConverter {
    abstract void clear();
  }

  /** Null is the empty text, which no name is. */
  private static final class Text extends Field {
    private String value = "";
    private String[] dictionary = {};

    private Optional<String> optional() {
      return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    @Override
    void clear() {
      value = "";
    }

    @Override
    public boolean hasDictionarySupport() {
      return true;
    }

    @Override
    public void setDictionary(Dictionary from) {
      dictionary = new String[from.getMaxId() + 1];
      for (int id = 0; id < dictionary.length; id++) {
        dictionary[id] = from.decodeToBinary(id).toStringUsingUTF8();
      }
    }

    @Override
    public void addValueFromDictionary(int id) {
      value = dictionary[id];
    }

    @Override
    public void addBinary(Binary binary) {
      value = binary.toStringUsingUTF8();
    }
  }

  /** Null is -1, which no layer, head and position is. */
  private static final class Whole extends Field {
    private int value = -1;

    private OptionalInt optional() {
      return value < 0 ? OptionalInt.empty() : OptionalInt.of(value);
    }

    @Override
    void clear() {
      value = -1;
    }

    @Override
    public void addInt(int number) {
      value = number;
    }
  }

  private static final class Real extends Field {
    private double value = Double.NaN;

    @Override
    void clear() {
      value = Double.NaN;
    }

    @Override
    public void addDouble(double number) {
      value = number;
    }
  }
}
