package io.quant4j.kernels.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.LargestElements;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.SequenceShape;
import io.quant4j.kernels.cuda.CudaBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Layers spread over two devices compute what they compute on one, to the last bit. */
@Tag("two-devices")
class TwoDevicesTest {
  private static final int CONTEXT = 64;
  private final KernelSet.OnDevices opened = (KernelSet.OnDevices) new CudaBackend().open();
  private final TinyModel model = new TinyModel();

  @BeforeEach
  void thereAreTwo() {
    assertThat(opened.devices()).hasSizeGreaterThanOrEqualTo(2);
  }

  @AfterEach
  void close() {
    model.close();
    opened.close();
  }

  private Device device(int number) {
    return opened.devices().get(number);
  }

  private Placement split(int layersOfFirst) {
    return layer -> device(layer < layersOfFirst ? 0 : 1).operations();
  }

  /** All logits after a prompt that the tensor cores read, then the likeliest tokens' bits. */
  private List<Integer> bits(Placement placement) {
    List<Integer> bits = new ArrayList<>();
    SequenceShape shape = new SequenceShape(CONTEXT, 32, Optional.empty(), Optional.empty(), false);
    try (DecoderState state = model.decoder(placement).newState(shape)) {
      int[] prompt = new int[30];
      Arrays.setAll(prompt, i -> 300 + 37 * i);
      float[] logits = new float[TinyModel.VOCABULARY];
      var decoder = model.decoder(placement);
      decoder.forward(state, prompt, 0, prompt.length, 1, logits);
      for (float logit : logits) {
        bits.add(Float.floatToRawIntBits(logit));
      }
      int token = 5;
      for (int step = 0; step < 6; step++) {
        LargestElements known =
            decoder
                .forwardForLargest(state, new int[] {token}, 0, 1, 3, new float[0])
                .orElseThrow();
        for (int k = 0; k < 3; k++) {
          bits.add(known.indices()[k]);
          bits.add(Float.floatToRawIntBits(known.values()[k]));
        }
        token = known.indices()[0];
      }
    }
    return bits;
  }

  @Test
  void splitAnywhere_givesTheBitsOfOneDevice() {
    List<Integer> expected = bits(split(6));
    for (int layers : new int[] {0, 1, 3, 5}) {
      assertThat(bits(split(layers))).as("%d layers on the first", layers).isEqualTo(expected);
    }
    // there and back
    assertThat(bits(layer -> device(layer % 2).operations())).isEqualTo(expected);
  }

  @Test
  void eachDevice_holdsItsLayersOnly() {
    long first = device(0).freeBytes();
    long second = device(1).freeBytes();
    bits(split(5));
    long onFirst = first - device(0).freeBytes();
    long onSecond = second - device(1).freeBytes();
    // One layer, the output matrix and the scratch of products against five layers.
    assertThat(onSecond).isPositive();
    assertThat(onFirst).isGreaterThan(onSecond);
  }
}
