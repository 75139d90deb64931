package org.patchgrid.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/**
 * What is sent back.
 *
 * @param type of the content
 */
@SuppressWarnings("ArrayRecordComponent") // replies are never compared
record Reply(int status, String type, byte[] body, Map<String, String> headers) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Reply json(int status, Object value) {
    try {
      return new Reply(
          status, "application/json; charset=utf-8", JSON.writeValueAsBytes(value), Map.of());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Replies are plain values", e);
    }
  }

  /** A refusal, with a sentence. */
  static Reply error(int status, String why) {
    return json(status, Map.of("error", why));
  }

  Reply with(String header, String value) {
    return new Reply(status, type, body, Map.of(header, value));
  }
}
