package org.patchgrid.checkpoint;

/**
 * One tensor as the header of a safetensors file lists it.
 *
 * @param start its first byte, counted from the end of the header
 * @param end the byte after its last one, counted likewise
 */
public record StoredTensor(String name, ElementType type, TensorShape shape, long start, long end) {
  public long bytes() {
    return end - start;
  }
}
