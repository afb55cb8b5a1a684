package io.quant4j.core.session;

import io.quant4j.api.LoadOptions;
import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Placement;
import io.quant4j.core.discovery.Backends;
import io.quant4j.core.kernel.HostOperations;
import io.quant4j.core.kernel.KernelTable;
import io.quant4j.core.kernel.ScalarBackend;
import io.quant4j.core.kernel.ThreadTeam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a model runs on: threads of the host, devices, and who runs which layer.
 *
 * @param backend name of the backend that was chosen
 * @param devices what the user knows those by that are not the host
 * @param releases what closing does, in order
 */
record Compute(
    String backend,
    ThreadTeam team,
    Placement placement,
    Map<Operations, String> devices,
    List<Runnable> releases)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Compute.class);

  /**
   * Opens the backend that the options name, or the best usable one; if that one's devices cannot
   * be had and nobody named it, the best one on the host.
   *
   * @throws io.quant4j.api.error.BackendUnavailableException if the named one cannot run here
   */
  static Compute open(KernelBackend backend, LoadOptions options, ModelSize size) {
    ThreadTeam team =
        new ThreadTeam(
            options.threads().orElseGet(() -> Runtime.getRuntime().availableProcessors()));
    try {
      return switch (backend.open()) {
        case KernelSet.OnHost(var kernels) -> {
          HostOperations host =
              new HostOperations(new KernelTable(kernels, ScalarBackend.kernels()), team);
          yield new Compute(
              backend.name(), team, Placement.all(host), Map.of(), List.of(team::close));
        }
        case KernelSet.OnDevices devices ->
            onDevices(backend.name(), devices, team, options.gpuLayers(), size);
      };
    } catch (BackendUnavailableException e) {
      team.close();
      return onHostInstead(backend, options, size, e);
    } catch (RuntimeException | Error e) {
      team.close();
      throw e;
    }
  }

  /** Devices may turn out not to be had only when they are opened; nobody insisted on them. */
  private static Compute onHostInstead(
      KernelBackend backend,
      LoadOptions options,
      ModelSize size,
      BackendUnavailableException refusal) {
    if (!backend.usesDevices() || options.backend().isPresent()) {
      throw refusal;
    }
    LOG.warn(
        "kernel backend {} is unusable: {}. {}",
        backend.name(),
        refusal.reason(),
        refusal.remedy());
    return open(Backends.bestOnHost(), options, size);
  }

  private static Compute onDevices(
      String backend,
      KernelSet.OnDevices opened,
      ThreadTeam team,
      OptionalInt wanted,
      ModelSize size) {
    try {
      List<Device> devices = opened.devices();
      long[] free = devices.stream().mapToLong(Device::freeBytes).toArray();
      LayerSplit layers = size.on(devices.getFirst());
      layers.checkFits(free, wanted);
      int[] split = layers.over(free, wanted);
      Operations host =
          new HostOperations(new KernelTable(Backends.onHost(), ScalarBackend.kernels()), team);
      List<Operations> runners = new ArrayList<>();
      for (int device : split) {
        runners.add(device == LayerSplit.HOST ? host : devices.get(device).operations());
      }
      LOG.info(
          "{} of {} layers run on {}",
          Arrays.stream(split).filter(d -> d != LayerSplit.HOST).count(),
          split.length,
          devices.stream().map(Device::name).toList());
      return new Compute(
          backend, team, runners::get, names(devices), List.of(opened::close, team::close));
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** Devices of one name are told apart by their numbers. */
  private static Map<Operations, String> names(List<Device> devices) {
    Map<Operations, String> names = new IdentityHashMap<>();
    for (int i = 0; i < devices.size(); i++) {
      String number = devices.size() == 1 ? "" : " (%d of %d)".formatted(i + 1, devices.size());
      names.put(devices.get(i).operations(), devices.get(i).name() + number);
    }
    return names;
  }

  /** Who runs what a tensor is for, in a model of so many layers. */
  static Operations runner(Placement placement, TensorRole role, int layers) {
    if (role.layer() != TensorRole.NO_LAYER) {
      return placement.layer(role.layer());
    }
    return placement.layer(role.kind() == Kind.TOKEN_EMBEDDING ? 0 : layers - 1);
  }

  /** The same, with something more to do at the end when it is closed. */
  Compute releasing(Runnable last) {
    List<Runnable> all = new ArrayList<>(releases);
    all.add(last);
    return new Compute(backend, team, placement, devices, all);
  }

  @Override
  public void close() {
    releases.forEach(Runnable::run);
  }
}
