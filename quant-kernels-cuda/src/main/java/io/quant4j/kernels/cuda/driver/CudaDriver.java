package io.quant4j.kernels.cuda.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/**
 * The functions of the CUDA driver API that are used, and no others, by their exported names. Each
 * returns a code, 0 for success; handles and device addresses are passed as {@code long}, what a
 * function writes as a pointer. Source: CUDA Driver API reference, release 11.4 or later; {@code
 * cuLaunchKernelEx}, of 11.8, is called where launches may overlap only.
 */
public record CudaDriver(
    MethodHandle cuInit,
    MethodHandle cuDriverGetVersion,
    MethodHandle cuGetErrorName,
    MethodHandle cuGetErrorString,
    MethodHandle cuDeviceGetCount,
    MethodHandle cuDeviceGet,
    MethodHandle cuDeviceGetName,
    MethodHandle cuDeviceTotalMem,
    MethodHandle cuDeviceGetAttribute,
    MethodHandle cuDevicePrimaryCtxRetain,
    MethodHandle cuDevicePrimaryCtxRelease,
    MethodHandle cuCtxPushCurrent,
    MethodHandle cuCtxPopCurrent,
    MethodHandle cuMemGetInfo,
    MethodHandle cuMemAlloc,
    MethodHandle cuMemFree,
    MethodHandle cuMemHostAlloc,
    MethodHandle cuMemFreeHost,
    MethodHandle cuMemcpyHtoDAsync,
    MethodHandle cuMemcpyDtoHAsync,
    MethodHandle cuMemcpyDtoDAsync,
    MethodHandle cuMemsetD8Async,
    MethodHandle cuMemsetD32Async,
    MethodHandle cuStreamCreate,
    MethodHandle cuStreamDestroy,
    MethodHandle cuStreamSynchronize,
    MethodHandle cuStreamBeginCapture,
    MethodHandle cuStreamEndCapture,
    MethodHandle cuGraphInstantiateWithFlags,
    MethodHandle cuGraphLaunch,
    MethodHandle cuGraphDestroy,
    MethodHandle cuGraphExecDestroy,
    MethodHandle cuEventCreate,
    MethodHandle cuEventRecord,
    MethodHandle cuEventSynchronize,
    MethodHandle cuEventElapsedTime,
    MethodHandle cuEventDestroy,
    MethodHandle cuModuleLoadDataEx,
    MethodHandle cuModuleUnload,
    MethodHandle cuModuleGetFunction,
    MethodHandle cuFuncSetAttribute,
    MethodHandle cuLaunchKernel,
    MethodHandle cuLaunchKernelEx) {

  /** Where functions come from. */
  @FunctionalInterface
  public interface Functions {

    /** A handle of a function of the library. */
    MethodHandle find(String name, FunctionDescriptor type);
  }

  /** All functions, as the library exports them. */
  public static CudaDriver of(Functions library) {
    Finder f = new Finder(library);
    return new CudaDriver(
        f.find("cuInit", JAVA_INT),
        f.find("cuDriverGetVersion", ADDRESS),
        f.find("cuGetErrorName", JAVA_INT, ADDRESS),
        f.find("cuGetErrorString", JAVA_INT, ADDRESS),
        f.find("cuDeviceGetCount", ADDRESS),
        f.find("cuDeviceGet", ADDRESS, JAVA_INT),
        f.find("cuDeviceGetName", ADDRESS, JAVA_INT, JAVA_INT),
        f.find("cuDeviceTotalMem_v2", ADDRESS, JAVA_INT),
        f.find("cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT),
        f.find("cuDevicePrimaryCtxRetain", ADDRESS, JAVA_INT),
        f.find("cuDevicePrimaryCtxRelease_v2", JAVA_INT),
        f.find("cuCtxPushCurrent_v2", JAVA_LONG),
        f.find("cuCtxPopCurrent_v2", ADDRESS),
        f.find("cuMemGetInfo_v2", ADDRESS, ADDRESS),
        f.find("cuMemAlloc_v2", ADDRESS, JAVA_LONG),
        f.find("cuMemFree_v2", JAVA_LONG),
        f.find("cuMemHostAlloc", ADDRESS, JAVA_LONG, JAVA_INT),
        f.find("cuMemFreeHost", ADDRESS),
        f.find("cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG),
        f.find("cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        f.find("cuMemcpyDtoDAsync_v2", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        f.find("cuMemsetD8Async", JAVA_LONG, JAVA_BYTE, JAVA_LONG, JAVA_LONG),
        f.find("cuMemsetD32Async", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG),
        f.find("cuStreamCreate", ADDRESS, JAVA_INT),
        f.find("cuStreamDestroy_v2", JAVA_LONG),
        f.find("cuStreamSynchronize", JAVA_LONG),
        f.find("cuStreamBeginCapture_v2", JAVA_LONG, JAVA_INT),
        f.find("cuStreamEndCapture", JAVA_LONG, ADDRESS),
        f.find("cuGraphInstantiateWithFlags", ADDRESS, JAVA_LONG, JAVA_LONG),
        f.find("cuGraphLaunch", JAVA_LONG, JAVA_LONG),
        f.find("cuGraphDestroy", JAVA_LONG),
        f.find("cuGraphExecDestroy", JAVA_LONG),
        f.find("cuEventCreate", ADDRESS, JAVA_INT),
        f.find("cuEventRecord", JAVA_LONG, JAVA_LONG),
        f.find("cuEventSynchronize", JAVA_LONG),
        f.find("cuEventElapsedTime", ADDRESS, JAVA_LONG, JAVA_LONG),
        f.find("cuEventDestroy_v2", JAVA_LONG),
        f.find("cuModuleLoadDataEx", ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS),
        f.find("cuModuleUnload", JAVA_LONG),
        f.find("cuModuleGetFunction", ADDRESS, JAVA_LONG, ADDRESS),
        f.find("cuFuncSetAttribute", JAVA_LONG, JAVA_INT, JAVA_INT),
        f.find(
            "cuLaunchKernel",
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            ADDRESS,
            ADDRESS),
        f.find("cuLaunchKernelEx", ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
  }

  private record Finder(Functions library) {
    MethodHandle find(String name, MemoryLayout... parameters) {
      return library.find(name, FunctionDescriptor.of(JAVA_INT, parameters));
    }
  }
}
