package org.patchgrid.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.patchgrid.study.Limit;

/** How JSON is read that a stranger may have written: within limits, and no key twice. */
public final class BoundedJson {
  private BoundedJson() {}

  /** One value a text; a second one behind it is an error. */
  public static JsonMapper.Builder mapper() {
    return JsonMapper.builder(factory())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  /** For streams; keys may be there twice. */
  public static JsonFactory factory() {
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxNestingDepth(Limit.JSON_DEPTH.intValue())
            .maxStringLength(Limit.JSON_STRING_CHARACTERS.intValue())
            .build();
    return JsonFactory.builder().streamReadConstraints(limits).build();
  }
}
