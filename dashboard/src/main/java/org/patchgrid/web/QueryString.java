package org.patchgrid.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.patchgrid.study.PatchgridException;

/** The parameters of an address. */
final class QueryString {
  private static final int MOST = 20;
  private static final int LONGEST = 2000;

  private QueryString() {}

  /**
   * Name to value; an empty value is none.
   *
   * @param raw what stands behind the question mark, encoded
   * @throws PatchgridException if there are too many, a too long one, or one twice
   */
  static Map<String, String> parse(String raw) {
    Map<String, String> values = new TreeMap<>();
    if (raw.isEmpty()) {
      return values;
    }
    String[] parts = raw.split("&", -1);
    if (parts.length > MOST) {
      throw new PatchgridException("More than " + MOST + " parameters");
    }
    for (String part : parts) {
      int equals = part.indexOf('=');
      String name = decode(equals < 0 ? part : part.substring(0, equals));
      String value = decode(equals < 0 ? "" : part.substring(equals + 1));
      if (name.length() > LONGEST || value.length() > LONGEST) {
        throw new PatchgridException("A parameter is longer than " + LONGEST + " characters");
      }
      if (!value.isEmpty() && values.putIfAbsent(name, value) != null) {
        throw new PatchgridException("A parameter is given twice");
      }
    }
    return values;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new PatchgridException("A parameter is not encoded as addresses are", e);
    }
  }
}
