package org.patchgrid.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Damaged tokenizer.json files, each a function of its number: values of the tree are replaced,
 * removed, repeated or moved, or bytes of the file are.
 */
final class TokenizerMutants {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final List<JsonNode> ODD_VALUES =
      List.of(
          NODES.nullNode(),
          NODES.booleanNode(true),
          NODES.numberNode(-1),
          NODES.numberNode(0),
          NODES.numberNode(4_294_967_295L),
          NODES.numberNode(Long.MAX_VALUE),
          NODES.numberNode(1e308),
          NODES.textNode(""),
          NODES.textNode("\u0000"),
          NODES.textNode("\u00e9\ud83d\ude00"),
          NODES.textNode("("),
          NODES.textNode("(a*)*b"),
          NODES.textNode("x".repeat(10_000)),
          NODES.arrayNode(),
          NODES.objectNode());

  private final List<byte[]> seeds;

  private TokenizerMutants(List<byte[]> seeds) {
    this.seeds = seeds;
  }

  /** Of the small tokenizers of every style. */
  static TokenizerMutants ofEveryStyle() throws IOException {
    Path styles =
        Path.of(
            System.getProperty("patchgrid.root"), "model-runtime/src/test/resources/tokenizers");
    List<byte[]> seeds = new ArrayList<>();
    try (Stream<Path> directories = Files.list(styles)) {
      for (Path directory : directories.sorted().toList()) {
        seeds.add(Files.readAllBytes(directory.resolve("tokenizer.json")));
      }
    }
    return new TokenizerMutants(seeds);
  }

  /** One that is not damaged. */
  byte[] whole() {
    return seeds.get(0);
  }

  byte[] mutant(int number) throws IOException {
    Random random = new Random(number);
    byte[] seed = seeds.get(number % seeds.size());
    if (random.nextInt(4) == 0) {
      return damagedBytes(seed, random);
    }
    JsonNode tree = JSON.readTree(seed);
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      change(tree, random);
    }
    return JSON.writeValueAsBytes(tree);
  }

  private static byte[] damagedBytes(byte[] seed, Random random) {
    byte[] mutant =
        Arrays.copyOf(seed, random.nextInt(4) > 0 ? seed.length : random.nextInt(seed.length) + 1);
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
    }
    return mutant;
  }

  /** Changes one child of a container that is found by walking down from the root. */
  private static void change(JsonNode root, Random random) {
    JsonNode parent = root;
    while (true) {
      List<JsonNode> containers = new ArrayList<>();
      parent.forEach(
          child -> {
            if (child.isContainerNode() && !child.isEmpty()) {
              containers.add(child);
            }
          });
      if (containers.isEmpty() || random.nextInt(3) == 0) {
        break;
      }
      parent = containers.get(random.nextInt(containers.size()));
    }
    if (parent instanceof ObjectNode object) {
      changeField(object, root, random);
    } else if (parent instanceof ArrayNode array) {
      changeElement(array, root, random);
    }
  }

  private static void changeField(ObjectNode object, JsonNode root, Random random) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    if (names.isEmpty()) {
      return;
    }
    String name = names.get(random.nextInt(names.size()));
    switch (random.nextInt(4)) {
      case 0 -> object.remove(name);
      case 1 -> object.set("x" + name, object.get(name));
      default -> object.set(name, odd(object.get(name), root, random));
    }
  }

  private static void changeElement(ArrayNode array, JsonNode root, Random random) {
    if (array.isEmpty()) {
      array.add(odd(array, root, random));
      return;
    }
    int at = random.nextInt(array.size());
    switch (random.nextInt(4)) {
      case 0 -> array.remove(at);
      case 1 -> array.insert(at, array.get(random.nextInt(array.size())).deepCopy());
      default -> array.set(at, odd(array.get(at), root, random));
    }
  }

  private static JsonNode odd(JsonNode value, JsonNode root, Random random) {
    if (value.isNumber() && random.nextBoolean()) {
      return NODES.numberNode(value.longValue() + random.nextInt(2001) - 1000);
    }
    if (value.isBoolean() && random.nextBoolean()) {
      return NODES.booleanNode(!value.booleanValue());
    }
    if (random.nextInt(3) > 0) {
      return ODD_VALUES.get(random.nextInt(ODD_VALUES.size()));
    }
    JsonNode other = root;
    while (other.isContainerNode() && !other.isEmpty() && random.nextInt(4) > 0) {
      List<JsonNode> children = new ArrayList<>();
      other.forEach(children::add);
      other = children.get(random.nextInt(children.size()));
    }
    return other.deepCopy();
  }
}
