package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher {@code patchgrid}: in a release, and in a repository that is not built. */
class LauncherTest {
  private static final String MAVEN_SAYS = "mvn was called";

  @TempDir private Path directory = Path.of("");

  /** With a Maven that only says that it was called. */
  @BeforeEach
  void copyLauncher() throws IOException {
    for (String file : new String[] {"patchgrid", "conf/jvm.options"}) {
      Files.createDirectories(directory.resolve(file).resolveSibling(""));
      Files.copy(SmallStudy.root().resolve(file), directory.resolve(file));
    }
    Path maven = Files.createDirectory(directory.resolve("tools")).resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\necho " + MAVEN_SAYS + "\nexit 1\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void aReleaseRunsWithoutMaven() throws IOException, InterruptedException {
    Path jar = writeRelease();
    Ended version = launch("--version");
    assertThat(version.errors()).isEmpty();
    assertThat(version.output()).startsWith("patchgrid ");
    assertThat(version.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(launch("--class-path").output()).isEqualTo(jar + "\n");
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("patchgrid"));
    assertThat(launch(link, "--class-path").output()).isEqualTo(jar + "\n");
  }

  /** As after a change of Java or of the jars. */
  @Test
  void anArchiveOfClassesThatDoesNotFitIsIgnoredWithoutAWord()
      throws IOException, InterruptedException {
    writeRelease();
    Path target = Files.createDirectories(directory.resolve("app/target"));
    Files.writeString(target.resolve("classes.jsa"), "of another Java");
    Ended version = launch("--version");
    assertThat(version.messages()).isEmpty();
    assertThat(version.output()).startsWith("patchgrid ").hasLineCount(1);
    assertThat(version.exitCode()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void aRepositoryIsBuilt() throws IOException, InterruptedException {
    Files.createFile(directory.resolve("pom.xml"));
    Ended ended = launch("--version");
    assertThat(ended.errors())
        .contains("Building Patchgrid (first run", MAVEN_SAYS, "Cannot build Patchgrid");
    assertThat(ended.exitCode()).isEqualTo(ExitCode.USER_ERROR);
  }

  /** The jar of this program, which names its libraries in the manifest as Maven's jar does. */
  private Path writeRelease() throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(
        Attributes.Name.CLASS_PATH,
        Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" ")));
    Path jar = Files.createDirectory(directory.resolve("lib")).resolve("patchgrid-app-1.2.3.jar");
    try (OutputStream bytes = Files.newOutputStream(jar)) {
      new JarOutputStream(bytes, manifest).close();
    }
    return jar;
  }

  private Ended launch(String... arguments) throws IOException, InterruptedException {
    return launch(directory.resolve("patchgrid"), arguments);
  }

  private Ended launch(Path launcher, String... arguments)
      throws IOException, InterruptedException {
    Path output = directory.resolve("stdout.txt");
    Path errors = directory.resolve("stderr.txt");
    ProcessBuilder builder =
        new ProcessBuilder(launcher.toString())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.command().addAll(Arrays.asList(arguments));
    builder
        .environment()
        .merge("PATH", "", (path, none) -> directory.resolve("tools") + ":" + path);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home", ""));
    int exitCode = builder.start().waitFor();
    return new Ended(exitCode, Files.readString(output), Files.readString(errors));
  }
}
