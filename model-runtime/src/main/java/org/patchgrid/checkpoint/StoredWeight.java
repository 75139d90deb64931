package org.patchgrid.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.patchgrid.study.PatchgridException;

/** A weight as a checkpoint stores it: one tensor, or the three of a quantised matrix. */
sealed interface StoredWeight {
  /** The shape of its values, which for a quantised matrix is no stored tensor's. */
  TensorShape shape();

  /** The stored tensors, the one that gives the name first. */
  List<Part> parts();

  /**
   * Puts the float32 values of some rows, few enough for Java's heap, into {@code target} from its
   * position on, which stays.
   */
  void read(long firstRow, long rows, ByteBuffer target);

  record Part(SafetensorsFile file, StoredTensor tensor) {
    private long rowBytes() {
      return tensor.shape().rowElements() * tensor.type().bits() / Byte.SIZE;
    }

    /** Some rows as stored. */
    private ByteBuffer rows(long firstRow, long rows) {
      ByteBuffer stored =
          ByteBuffer.allocate(Math.toIntExact(rows * rowBytes())).order(ByteOrder.LITTLE_ENDIAN);
      file.read(tensor, firstRow * rowBytes(), stored);
      return stored.flip();
    }

    private void widenRows(long firstRow, long rows, IntBuffer target) {
      Float32.widen(tensor.type(), rows(firstRow, rows), target);
    }

    private PatchgridException unusable(String why) {
      return new PatchgridException(
          "%s: tensor '%s' %s".formatted(file.path(), tensor.name(), why));
    }
  }

  /**
   * The weight whose tensor of that name is {@code weight}, with what belongs to it.
   *
   * @param stored finds the checkpoint's tensors
   */
  static StoredWeight of(
      Part weight,
      Function<String, Optional<Part>> stored,
      Function<String, Optional<AffineQuantization>> quantization) {
    String name = weight.tensor().name();
    if (name.endsWith(Quantized.WEIGHT)) {
      String module = name.substring(0, name.length() - Quantized.WEIGHT.length());
      Optional<Part> scales = stored.apply(module + Quantized.SCALES);
      if (scales.isPresent()) {
        Part biases =
            stored
                .apply(module + Quantized.BIASES)
                .orElseThrow(
                    () ->
                        weight.unusable(
                            "has scales and no biases, so that it is not quantised in MLX's affine way, the only one that Patchgrid reads: use another version of the model"));
        AffineQuantization settings =
            quantization
                .apply(module)
                .orElseThrow(
                    () ->
                        weight.unusable(
                            "has scales, and config.json does not say how it is quantised: download both again"));
        return new Quantized(weight, scales.get(), biases, settings);
      }
    }
    return new Plain(weight);
  }

  /** For messages: the shape, and how it is stored where that differs. */
  String describeShape();

  default Path path() {
    return parts().get(0).file().path();
  }

  record Plain(Part part) implements StoredWeight {
    public Plain {
      if (!part.tensor().type().widensToFloat32()) {
        throw part.unusable(
            "is %s, and weights are read from F32, F16 and BF16 (and from U32 with scales and biases): use another version of the model"
                .formatted(part.tensor().type()));
      }
    }

    @Override
    public TensorShape shape() {
      return part.tensor().shape();
    }

    @Override
    public List<Part> parts() {
      return List.of(part);
    }

    @Override
    public String describeShape() {
      return shape().toString();
    }

    @Override
    public void read(long firstRow, long rows, ByteBuffer target) {
      part.widenRows(firstRow, rows, target.asIntBuffer());
    }
  }

  /** A matrix (or a stack of them) in MLX's affine quantisation. */
  record Quantized(Part weight, Part scales, Part biases, AffineQuantization settings)
      implements StoredWeight {
    private static final String WEIGHT = ".weight";
    private static final String SCALES = ".scales";
    private static final String BIASES = ".biases";

    public Quantized {
      TensorShape packed = weight.tensor().shape();
      if (weight.tensor().type() != ElementType.U32 || packed.rank() < 2) {
        throw weight.unusable(
            "has scales and is %s of shape %s where a quantised matrix is U32: download it again"
                .formatted(weight.tensor().type(), packed));
      }
      long columns = settings.columns(packed.rowElements());
      boolean wholeGroups =
          packed.rowElements() % settings.bits() == 0 && columns % settings.groupSize() == 0;
      TensorShape groups = packed.withRowElements(settings.groupsPerRow(columns));
      for (Part part : List.of(scales, biases)) {
        if (!wholeGroups || !part.tensor().shape().equals(groups)) {
          throw weight.unusable(
              "is packed as %s with '%s' of shape %s, which does not fit the %s of config.json: weights and config.json are not of one model; download both again"
                  .formatted(packed, part.tensor().name(), part.tensor().shape(), settings));
        }
        if (!part.tensor().type().widensToFloat32()) {
          throw part.unusable(
              "is %s, and MLX's affine quantisation has F32, F16 or BF16 there: use another version of the model"
                  .formatted(part.tensor().type()));
        }
      }
    }

    @Override
    public TensorShape shape() {
      TensorShape packed = weight.tensor().shape();
      return packed.withRowElements(settings.columns(packed.rowElements()));
    }

    @Override
    public List<Part> parts() {
      return List.of(weight, scales, biases);
    }

    @Override
    public String describeShape() {
      return "%s (packed as %s, %s)".formatted(shape(), weight.tensor().shape(), settings);
    }

    @Override
    public void read(long firstRow, long rows, ByteBuffer target) {
      int columns = Math.toIntExact(shape().rowElements());
      int groups = Math.toIntExact(settings.groupsPerRow(columns));
      FloatBuffer values = target.asFloatBuffer();
      IntBuffer packed = weight.rows(firstRow, rows).asIntBuffer();
      FloatBuffer wideScales = widened(scales, firstRow, rows, groups);
      FloatBuffer wideBiases = widened(biases, firstRow, rows, groups);
      int[] words = new int[Math.toIntExact(settings.wordsPerRow(columns))];
      float[] rowScales = new float[groups];
      float[] rowBiases = new float[groups];
      float[] row = new float[columns];
      for (long i = 0; i < rows; i++) {
        packed.get(words);
        wideScales.get(rowScales);
        wideBiases.get(rowBiases);
        settings.dequantize(words, rowScales, rowBiases, row);
        values.put(row);
      }
    }

    private static FloatBuffer widened(Part part, long firstRow, long rows, int groups) {
      ByteBuffer floats = ByteBuffer.allocate(Math.toIntExact(rows * groups * Float.BYTES));
      part.widenRows(firstRow, rows, floats.asIntBuffer());
      return floats.asFloatBuffer();
    }
  }
}
