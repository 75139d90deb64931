package org.patchgrid.compact;

import java.util.Iterator;
import java.util.function.Function;

/** The elements of an iterator, each changed when it is asked for: rows that no memory holds. */
record Mapped<A, B>(Iterator<A> source, Function<A, B> change) implements Iterator<B> {
  @Override
  public boolean hasNext() {
    return source.hasNext();
  }

  @Override
  public B next() {
    return change.apply(source.next());
  }
}
