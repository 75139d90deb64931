package org.patchgrid.input;

import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.io.ParquetDecodingException;
import org.jspecify.annotations.Nullable;

/** Pages whose dictionaries have no more entries than bytes: Parquet makes an array of so many. */
record BoundedPages(PageReadStore pages) implements PageReadStore {
  @Override
  public PageReader getPageReader(ColumnDescriptor column) {
    return new Bounded(pages.getPageReader(column));
  }

  @Override
  public long getRowCount() {
    return pages.getRowCount();
  }

  private record Bounded(PageReader reader) implements PageReader {
    @Override
    public @Nullable DictionaryPage readDictionaryPage() {
      DictionaryPage page = reader.readDictionaryPage();
      if (page != null && page.getDictionarySize() > page.getBytes().size()) {
        throw new ParquetDecodingException(
            "a dictionary of %d bytes says that it has %d entries"
                .formatted(page.getBytes().size(), page.getDictionarySize()));
      }
      return page;
    }

    @Override
    public long getTotalValueCount() {
      return reader.getTotalValueCount();
    }

    @Override
    public @Nullable DataPage readPage() {
      return reader.readPage();
    }
  }
}
