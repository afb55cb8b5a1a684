package io.quant4j.kernels.cuda.driver;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Codes of the driver that somebody can do something about, by their numbers and names in the CUDA
 * driver API ({@code CUresult}).
 */
enum Fault {
  OUT_OF_MEMORY(
      2, "Run fewer layers on the device, ask for a shorter context, or end what else uses it."),
  STUB_LIBRARY(34, "Let the library path name the driver's own libcuda.so.1 first."),
  CALL_REQUIRES_NEWER_DRIVER(36, Fault.UPDATE),
  DEVICE_UNAVAILABLE(
      46,
      "Another process has the device for itself, or nobody may compute on it: end that process,"
          + " or let an administrator run nvidia-smi -c DEFAULT."),
  NO_DEVICE(
      100,
      "Look at the variable CUDA_VISIBLE_DEVICES; in a container, pass the GPU in; where a GPU is"
          + " divided (MIG), make an instance."),
  DEVICE_NOT_LICENSED(102, "Get a licence for the virtual GPU of this machine."),
  ECC_UNCORRECTABLE(
      214,
      "The device's memory is damaged: look at nvidia-smi -q -d ECC; reset or replace the device."),
  NVLINK_UNCORRECTABLE(220, "Look at nvidia-smi nvlink -e; reset the device."),
  JIT_COMPILER_NOT_FOUND(
      221,
      "Install libnvidia-ptxjitcompiler.so.1 of the driver's release; in a container, pass in the"
          + " driver capability 'compute'."),
  JIT_COMPILATION_DISABLED(223, "Unset the variable CUDA_DISABLE_PTX_JIT."),
  CONTAINED(226, Fault.AGAIN),
  OPERATING_SYSTEM(304, Fault.FILES),
  NOT_FOUND(500, Fault.UPDATE),
  ILLEGAL_ADDRESS(700, Fault.AGAIN),
  LAUNCH_TIMEOUT(
      702,
      "The system ends what keeps a display waiting: use a device without one, or raise its limit"
          + " (on Windows TdrDelay)."),
  CONTEXT_IS_DESTROYED(709, Fault.AGAIN),
  ASSERT(710, Fault.AGAIN),
  HARDWARE_STACK_ERROR(714, Fault.AGAIN),
  ILLEGAL_INSTRUCTION(715, Fault.AGAIN),
  MISALIGNED_ADDRESS(716, Fault.AGAIN),
  INVALID_ADDRESS_SPACE(717, Fault.AGAIN),
  INVALID_PC(718, Fault.AGAIN),
  LAUNCH_FAILED(719, Fault.AGAIN),
  NOT_PERMITTED(800, Fault.FILES),
  SYSTEM_NOT_READY(
      802, "Start the service nvidia-fabricmanager of this machine, and wait until it is ready."),
  SYSTEM_DRIVER_MISMATCH(
      803,
      "Library and kernel module are of different releases: restart the machine, or update the"
          + " driver."),
  COMPAT_NOT_SUPPORTED_ON_DEVICE(
      804,
      "The library is one of forward compatibility, which this device does not allow: take"
          + " cuda-compat out of the library path, and update the driver if it is too old."),
  MPS_CONNECTION_FAILED(805, Fault.MPS),
  MPS_RPC_FAILURE(806, Fault.MPS),
  MPS_SERVER_NOT_READY(807, Fault.MPS),
  MPS_MAX_CLIENTS_REACHED(808, "End other clients of the MPS server."),
  MPS_MAX_CONNECTIONS_REACHED(809, "End other clients of the MPS server."),
  MPS_CLIENT_TERMINATED(810, Fault.AGAIN),
  UNKNOWN(999, "Load the kernel module nvidia_uvm, as nvidia-modprobe -u does, or restart.");

  private static final String UPDATE = "Update the NVIDIA driver.";
  private static final String FILES =
      "Give the user of this process access to the device files /dev/nvidia*.";
  private static final String MPS =
      "Restart the MPS server of this machine (nvidia-cuda-mps-control), or stop it.";
  private static final String AGAIN =
      "Close all models on the device and load them again. If it happens again, look at the"
          + " driver's log for the fault, and report it.";

  private static final Map<Integer, Fault> BY_CODE =
      Arrays.stream(values()).collect(Collectors.toMap(fault -> fault.code, Function.identity()));

  private final int code;
  private final String remedy;

  Fault(int code, String remedy) {
    this.code = code;
    this.remedy = remedy;
  }

  static Optional<Fault> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }

  int code() {
    return code;
  }

  /** What helps. */
  String remedy() {
    return remedy;
  }

  /** Whether the driver refuses every later call in the same context. */
  boolean endsContext() {
    return switch (this) {
      case ECC_UNCORRECTABLE,
          NVLINK_UNCORRECTABLE,
          CONTAINED,
          ILLEGAL_ADDRESS,
          LAUNCH_TIMEOUT,
          CONTEXT_IS_DESTROYED,
          ASSERT,
          HARDWARE_STACK_ERROR,
          ILLEGAL_INSTRUCTION,
          MISALIGNED_ADDRESS,
          INVALID_ADDRESS_SPACE,
          INVALID_PC,
          LAUNCH_FAILED,
          MPS_CLIENT_TERMINATED ->
          true;
      default -> false;
    };
  }
}
