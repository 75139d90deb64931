package org.patchgrid.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;

/** Where tests find the models they run on. */
public final class TestModels {
  private TestModels() {}

  /** Where these tests run: on the CPU, or where the property patchgrid.test.device says. */
  public static Device device() {
    return Device.valueOf(
        System.getProperty("patchgrid.test.device", Device.CPU.label()).toUpperCase(Locale.ROOT));
  }

  /** A model there, with the best kernel. */
  public static LoadedModel load(Path directory) {
    return load(directory, Dtype.FLOAT32);
  }

  /** A model there, in another number type. */
  public static LoadedModel load(Path directory, Dtype dtype) {
    return LoadedModel.load(directory, TensorKernels.best(device(), dtype), dtype, device(), 0);
  }

  /** The demo model. */
  public static Path atlas() {
    return Path.of(
        Objects.requireNonNull(System.getProperty("patchgrid.root"), "patchgrid.root"),
        "data/models/atlas-6l");
  }

  /** Every tiny random model with goldens, by name. */
  public static List<Path> families() {
    try (Stream<Path> directories = Files.list(family("."))) {
      return directories.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A tiny random model with goldens, from the test resources. */
  public static Path family(String name) {
    URL resource = Objects.requireNonNull(TestModels.class.getResource("/families/" + name), name);
    try {
      return Path.of(resource.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
