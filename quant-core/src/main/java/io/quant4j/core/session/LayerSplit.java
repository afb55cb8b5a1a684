package io.quant4j.core.session;

import io.quant4j.api.error.DeviceException;
import io.quant4j.api.error.ErrorLocation;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Which layers go to which device. The last layers and the output are the first to leave the host,
 * so that values cross once; the embedding leaves it with the first layer.
 *
 * @param layerBytes memory that each layer takes on a device, its cache included
 * @param inputBytes memory of the embedding
 * @param outputBytes memory of norm, output matrix and logits
 */
record LayerSplit(long[] layerBytes, long inputBytes, long outputBytes) {
  /** For a layer that stays on the host. */
  static final int HOST = -1;

  /**
   * The device of every layer.
   *
   * @param free bytes that each device can give, in the order in which they are filled
   * @param wanted layers that must be on devices; empty for as many as fit
   */
  int[] over(long[] free, OptionalInt wanted) {
    int count = Math.min(wanted.orElseGet(() -> fitting(free)), layerBytes.length);
    int[] devices = new int[layerBytes.length];
    Arrays.fill(devices, HOST);
    double total = bytes(count);
    double capacity = Arrays.stream(free).sum();
    int device = 0;
    double taken = count == layerBytes.length ? inputBytes : 0;
    double limit = total * free[0] / capacity;
    for (int layer = layerBytes.length - count; layer < layerBytes.length; layer++) {
      taken += layerBytes[layer];
      // A layer belongs to the device in whose share its middle lies.
      while (device < free.length - 1 && taken - layerBytes[layer] / 2.0 > limit) {
        device++;
        limit += total * free[device] / capacity;
      }
      devices[layer] = device;
    }
    return devices;
  }

  /**
   * Refuses what cannot fit before anything is moved.
   *
   * @throws DeviceException if the devices have too little memory for the layers wanted
   */
  void checkFits(long[] free, OptionalInt wanted) {
    if (wanted.isEmpty()) {
      return;
    }
    int count = Math.min(wanted.getAsInt(), layerBytes.length);
    long capacity = Arrays.stream(free).sum();
    if (bytes(count) > capacity) {
      throw new DeviceException(
          ErrorLocation.subject("gpuLayers"),
          "%d layers need %,d bytes of device memory and %,d are free"
              .formatted(count, bytes(count), capacity),
          "Ask for at most %d layers, or leave the number out for as many as fit."
              .formatted(fitting(free)));
    }
  }

  /** Bytes that the last {@code count} layers take, with all that goes along. */
  long bytes(int count) {
    if (count == 0) {
      return 0;
    }
    long bytes = outputBytes + (count == layerBytes.length ? inputBytes : 0);
    for (int layer = layerBytes.length - count; layer < layerBytes.length; layer++) {
      bytes += layerBytes[layer];
    }
    return bytes;
  }

  private int fitting(long[] free) {
    long capacity = Arrays.stream(free).sum();
    int count = layerBytes.length;
    while (count > 0 && bytes(count) > capacity) {
      count--;
    }
    return count;
  }
}
