package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/**
 * An engine that computes one pair wrongly, which is compiled here and put before the right one on
 * the class path of a JVM of its own: the product has no door for it.
 */
final class FaultyEngine {
  /** The pair of {@link SmallStudy} whose patched runs are wrong in one bit. */
  static final String PAIR = "city-islamabad-dhaka";

  private static final String ENGINE = "org/patchgrid/wave/WavefrontEngine.java";

  private FaultyEngine() {}

  /**
   * This class path with the faulty engine before it.
   *
   * @param directory for its class
   */
  static String classPath(Path directory) throws IOException {
    Path source = SmallStudy.root().resolve("app/src/test/resources/faulty-engine").resolve(ENGINE);
    Path classes = Files.createDirectory(directory.resolve("faulty"));
    String classPath = System.getProperty("java.class.path", "");
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                classPath,
                "-d",
                classes.toString(),
                source.toString());
    assertThat(failed).as("the faulty engine compiles").isZero();
    return classes + File.pathSeparator + classPath;
  }
}
