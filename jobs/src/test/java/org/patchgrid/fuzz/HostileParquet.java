package org.patchgrid.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Small prompt sets in Parquet, in every compression that its writer has without more jars. */
final class HostileParquet {
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message pairs {
            optional binary id (UTF8);
            required binary clean (UTF8);
            required binary corrupted (UTF8);
            optional group answers (LIST) { repeated group list { optional binary element (UTF8); } }
            optional group tags (MAP) {
              repeated group key_value { required binary key (UTF8); optional binary value (UTF8); }
            }
            optional int32 foil_id;
          }""");

  private HostileParquet() {}

  static List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (CompressionCodecName codec :
        List.of(
            CompressionCodecName.UNCOMPRESSED,
            CompressionCodecName.SNAPPY,
            CompressionCodecName.GZIP,
            CompressionCodecName.ZSTD)) {
      seeds.add(written(codec));
    }
    return seeds;
  }

  private static byte[] written(CompressionCodecName codec) throws IOException {
    Path directory = Files.createTempDirectory("patchgrid-seeds");
    Path file = directory.resolve("p.parquet");
    Path checksum = directory.resolve(".p.parquet.crc");
    try {
      try (ParquetWriter<Group> writer =
          ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
              .withConf(new Configuration())
              .withType(SCHEMA)
              .withCompressionCodec(codec)
              .build()) {
        writer.write(pair("a", " one"));
        writer.write(pair("b", " two"));
      }
      return Files.readAllBytes(file);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(checksum);
      Files.delete(directory);
    }
  }

  private static Group pair(String id, String end) {
    Group pair = new SimpleGroupFactory(SCHEMA).newGroup();
    pair.append("id", id).append("clean", "clean" + end).append("corrupted", "corrupted" + end);
    pair.addGroup("answers").addGroup("list").append("element", " Paris");
    pair.append("foil_id", 7);
    Group tag = pair.addGroup("tags").addGroup("key_value");
    tag.append("key", "relation").append("value", "capital");
    return pair;
  }
}
