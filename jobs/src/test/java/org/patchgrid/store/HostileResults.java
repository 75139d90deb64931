package org.patchgrid.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Sha256;

/**
 * Readers of what a result directory says of itself, as functions of one file's content in a
 * directory whose other files are whole. For tests that damage them.
 */
public final class HostileResults {
  /** Manifest files with every kind of entry. */
  public static final List<String> ENTRIES = List.of(ManifestFormatTest.LISTING);

  /** {@code manifest/study.json}. */
  public static final List<String> STUDY = List.of(ManifestFormatTest.STUDY);

  /** {@code manifest/status.json}. */
  public static final List<String> STATUS = List.of(ManifestFormatTest.STATUS);

  /** The content of {@code stages/prompt-set.json}, whose hash is computed for what is read. */
  public static final List<String> STATISTICS =
      List.of(
          """
          {"deviations":{"subject":0.5},"means":[{"component":"mlp","layer":1,"over":"POSITION","label":"","position":0,"values":[0.25,-1.5]}]}
          """);

  /** The same of {@code stages/screen.json}. */
  public static final List<String> RANKING =
      List.of(
          """
          {"choices":[{"sweep":"s","direction":"denoising","metric":"l2","places":9,"kept":[{"place":"mlp@1","score":0.5}]}]}
          """);

  private static final String FINGERPRINT = "f1";
  private static final ObjectMapper JSON = new ObjectMapper();

  private HostileResults() {}

  /** A reader of one file. */
  @FunctionalInterface
  public interface OneFile {
    /**
     * Reads the directory with this content in that file.
     *
     * @throws PatchgridException if the user is told what is wrong with it
     */
    void read(byte[] content) throws IOException;
  }

  public static OneFile entries(Path root) throws IOException {
    return study(root, "r1-00000000.jsonl");
  }

  public static OneFile study(Path root) throws IOException {
    return study(root, "study.json");
  }

  public static OneFile status(Path root) throws IOException {
    return study(root, "status.json");
  }

  private static OneFile study(Path root, String name) throws IOException {
    Path manifest = Files.createDirectories(root.resolve("manifest"));
    Files.writeString(manifest.resolve("r1-00000000.jsonl"), ENTRIES.get(0));
    Files.writeString(manifest.resolve("study.json"), STUDY.get(0));
    Files.writeString(manifest.resolve("status.json"), STATUS.get(0));
    Configuration configuration = new Configuration();
    return content -> {
      Files.write(manifest.resolve(name), content);
      StoredStudy.read(new org.apache.hadoop.fs.Path(root.toUri()), configuration);
    };
  }

  /** Whoever changes the content can compute its hash as well. */
  public static OneFile statistics(Path root) throws IOException {
    ResultDirectory directory = stages(root);
    return content -> {
      seal(root.resolve(StageFile.STATISTICS.name()), content);
      StageFile.STATISTICS.read(directory, FINGERPRINT).ifPresent(StatisticsDocument::statistics);
    };
  }

  /** The same of which places a screen chose. */
  public static OneFile ranking(Path root) throws IOException {
    ResultDirectory directory = stages(root);
    return content -> {
      seal(root.resolve(StageFile.RANKING.name()), content);
      StageFile.RANKING.read(directory, FINGERPRINT);
    };
  }

  private static ResultDirectory stages(Path root) throws IOException {
    Files.createDirectories(root.resolve(StageFile.DIRECTORY));
    return ResultDirectory.at(new org.apache.hadoop.fs.Path(root.toUri()), new Configuration());
  }

  private static void seal(Path file, byte[] content) throws IOException {
    ObjectNode document = JSON.createObjectNode();
    document.put("fingerprint", FINGERPRINT);
    document.put("sha256", hashOf(content));
    document.putRawValue("content", new RawValue(new String(content, StandardCharsets.UTF_8)));
    Files.write(file, JSON.writeValueAsBytes(document));
  }

  private static String hashOf(byte[] content) {
    try {
      return Sha256.of(StoreJson.line(JSON.readTree(content)));
    } catch (IOException e) {
      return "of what is no JSON";
    }
  }
}
