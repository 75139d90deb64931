package org.patchgrid.study;

/**
 * What files of strangers may ask of this machine. A limit is a property of the JVM, so that an
 * operator can raise one without touching a study: {@code -Dpatchgrid.limit.tensors=200000} ({@code
 * PATCHGRID_JAVA_OPTS} for the launcher, {@code spark.driver.extraJavaOptions} and {@code
 * spark.executor.extraJavaOptions} on a cluster).
 */
public enum Limit {
  /** Of a safetensors header; that of the reference implementation. */
  HEADER_BYTES("header-bytes", 100_000_000),
  /** In one weight file. */
  TENSORS("tensors", 100_000),
  /** Objects and lists in each other, in every JSON file. */
  JSON_DEPTH("json-depth", 100),
  /** Of one string, number or key in a JSON file. */
  JSON_STRING_CHARACTERS("json-string-characters", 20_000_000),
  /** Of a JSON file that is read whole: config.json, an index, tokenizer_config.json. */
  JSON_FILE_BYTES("json-file-bytes", 100_000_000),
  /** Of an added token of a tokenizer, which takes the native library long to look for. */
  TOKEN_CHARACTERS("token-characters", 1000),
  /** Of one prompt's text. */
  PROMPT_CHARACTERS("prompt-characters", 1_000_000),
  /** Of a prompt set's line. */
  LINE_BYTES("line-bytes", 64L << 20),
  /** Of a row group of input in Parquet, uncompressed. */
  ROW_GROUP_BYTES("row-group-bytes", 1L << 30),
  /** Of a page of input in Parquet, uncompressed; writers make one of one megabyte. */
  PAGE_BYTES("page-bytes", 64L << 20),
  /** Sites of a plan, which the driver holds in memory at some 300 bytes each. */
  SITES("sites", 2_000_000);

  private static final String PREFIX = "patchgrid.limit.";

  private final String property;
  private final long standard;

  Limit(String name, long standard) {
    this.property = PREFIX + name;
    this.standard = standard;
  }

  /** The property of the JVM that changes it. */
  public String property() {
    return property;
  }

  /** What holds where the property is not set. */
  public long standard() {
    return standard;
  }

  /**
   * What holds in this JVM.
   *
   * @throws PatchgridException if the property is set to what is no number of at least 1
   */
  public long value() {
    String given = System.getProperty(property);
    if (given == null) {
      return standard;
    }
    try {
      long value = Long.parseLong(given.strip());
      if (value >= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw invalid(given, e);
    }
    throw invalid(given, new IllegalArgumentException("below 1"));
  }

  /** The same as an int: the largest where it is none. */
  public int intValue() {
    return (int) Math.min(Integer.MAX_VALUE, value());
  }

  /** How a message ends that says what is over this limit. */
  public String remedy() {
    return "at most %d are allowed; set -D%s to allow more".formatted(value(), property);
  }

  private PatchgridException invalid(String given, Throwable e) {
    return new PatchgridException(
        "%s is '%s': it must be a whole number of at least 1".formatted(property, given), e);
  }
}
