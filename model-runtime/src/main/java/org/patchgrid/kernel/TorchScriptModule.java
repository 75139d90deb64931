package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Functions in TorchScript, called without Python: libtorch has operators that DJL does not show.
 *
 * <p>An archive is a zip of stored entries, as {@code torch.jit.save} writes it: the pickled object
 * of a class without attributes, its code, no constants, a version. Weights are arguments, so that
 * nothing else is pickled. Threads may share a module.
 */
record TorchScriptModule(PtSymbolBlock module) {
  private static final String HEAD =
      """
      class M(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
      """;

  /**
   * @param owner of the module; must live as long as it
   * @param methods in the form in which TorchScript prints itself, {@code self} being of class
   *     {@code __torch__.M}, indented by two spaces
   * @throws RuntimeException if this libtorch lacks an operator or does not read the code
   */
  static TorchScriptModule compile(NDManager owner, String methods) {
    try {
      Path archive = Files.createTempFile("patchgrid-kernels", ".pt");
      try {
        try (OutputStream file = Files.newOutputStream(archive)) {
          write(file, HEAD + methods);
        }
        return new TorchScriptModule(
            JniUtils.loadModule(
                (PtNDManager) owner, archive, true, new String[0], new String[0], false));
      } finally {
        Files.deleteIfExists(archive);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a temporary file for TorchScript", e);
    }
  }

  /**
   * What {@code method} returns, an array of {@code owner}.
   *
   * @param arguments arrays and whole numbers ({@code Long})
   */
  NDArray call(NDManager owner, String method, Object... arguments) {
    List<IValue> values = new ArrayList<>();
    try {
      for (Object argument : arguments) {
        values.add(
            argument instanceof Long number
                ? IValue.from(number)
                : IValue.from((PtNDArray) argument));
      }
      try (IValue result = IValueUtils.runMethod(module, method, values.toArray(new IValue[0]))) {
        return result.toTensor((PtNDManager) owner);
      }
    } finally {
      values.forEach(IValue::close);
    }
  }

  private static void write(OutputStream file, String code) throws IOException {
    ByteArrayOutputStream object = new ByteArrayOutputStream(); // pickle, protocol 2
    object.write(new byte[] {(byte) 0x80, 2});
    object.write("c__torch__\nM\n".getBytes(StandardCharsets.US_ASCII)); // the class
    object.write(new byte[] {0x71, 0, ')', (byte) 0x81, '}', '(', 'X', 8, 0, 0, 0});
    object.write("training".getBytes(StandardCharsets.US_ASCII)); // its one attribute: false
    object.write(new byte[] {(byte) 0x89, 'u', 'b', '.'});
    try (ZipOutputStream zip = new ZipOutputStream(file)) {
      store(zip, "m/data.pkl", object.toByteArray());
      store(zip, "m/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
      store(zip, "m/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      store(zip, "m/version", "10\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
