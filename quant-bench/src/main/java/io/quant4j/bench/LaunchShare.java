package io.quant4j.bench;

import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.LargestElements;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.SequenceShape;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.kernels.cuda.driver.CudaModule;
import io.quant4j.kernels.cuda.driver.DeviceContext;
import io.quant4j.kernels.cuda.driver.DriverProbe;
import io.quant4j.kernels.cuda.driver.Event;
import io.quant4j.kernels.cuda.driver.Graph;
import io.quant4j.kernels.cuda.driver.Grid;
import io.quant4j.kernels.cuda.driver.Launcher;
import io.quant4j.kernels.cuda.op.CudaDevices;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Measures what a generated token is made of on a device: the kernels themselves, launches and gaps
 * between them, and the host.
 *
 * <p>The recorded pass of a token is timed by events around it while tokens are generated greedily.
 * Then all kernels of one kind (the same kernel and grid, in other layers, so that weights come
 * from memory as they do in the pass) are put into a graph of their own, which is timed the same
 * way. An empty kernel, over and over in a graph, costs what a launch and the gap beside it cost; a
 * kernel's own time is its time among its kind less that. What the pass takes beyond the own times
 * of its kernels is the share of launches and gaps. Kernels that may begin before the one before
 * them has ended are measured without that, so the share of a pass that uses it may be negative.
 */
public final class LaunchShare {
  private static final int EMPTY_KERNELS = 256;
  private static final int REPLAYS = 20;
  private static final int PROMPT_BATCH = 128;

  /** Steps before the pass is recorded and replayed. */
  private static final int WARM_UP = 8;

  private final ObservedDriver observed;
  private final DeviceContext context;
  private final long stream;
  private final PrintStream out;

  private LaunchShare(ObservedDriver observed, DeviceContext context, PrintStream out) {
    this.observed = observed;
    this.context = context;
    this.stream = observed.lastStream();
    this.out = out;
  }

  /** Arguments: MODEL [PROMPT_TOKENS [GENERATED_TOKENS]]; 512 and 64 if not given. */
  @SuppressWarnings("SystemOut") // a program
  public static void main(String[] args) throws Throwable {
    int prompt = args.length > 1 ? Integer.parseInt(args[1]) : 512;
    int generated = args.length > 2 ? Integer.parseInt(args[2]) : 64;
    DriverProbe.Found real = DriverProbe.probe();
    System.out.println(real.availability());
    DeviceBenchmark.emulation().ifPresent(System.out::println);
    ObservedDriver observed = new ObservedDriver(real.cuda().orElseThrow().driver());
    DriverProbe.Found found = DriverProbe.probe(observed.driver());
    try (Checkpoint checkpoint = Checkpoints.open(Path.of(args[0]));
        KernelSet.OnDevices devices =
            CudaDevices.open(found.cuda().orElseThrow(), List.of(found.devices().getFirst()));
        DeviceContext context =
            DeviceContext.open(found.cuda().orElseThrow(), found.devices().getFirst())) {
      new LaunchShare(observed, context, System.out)
          .measure(
              checkpoint,
              Placement.all(devices.devices().getFirst().operations()),
              prompt,
              generated);
    }
  }

  /** What was measured of generated tokens, medians in microseconds. */
  private record Step(double wall, double graph) {}

  private void measure(Checkpoint checkpoint, Placement placement, int prompt, int generated)
      throws Throwable {
    Decoder decoder = Decoders.of(checkpoint, placement);
    SequenceShape shape =
        new SequenceShape(
            prompt + generated + WARM_UP + 1,
            PROMPT_BATCH,
            Optional.empty(),
            Optional.empty(),
            false);
    try (DecoderState state = decoder.newState(shape)) {
      int[] tokens = new int[PROMPT_BATCH];
      Arrays.setAll(tokens, i -> 1 + i % 100);
      for (int at = 0; at < prompt; at += PROMPT_BATCH) {
        decoder.forward(state, tokens, 0, Math.min(PROMPT_BATCH, prompt - at), 0, new float[0]);
      }
      Step step = generate(decoder, state, generated);
      context.enter();
      try {
        report(step, prompt);
      } finally {
        context.leave();
      }
    }
  }

  /** Generates greedily; events lie around each launch of the recorded pass. */
  private Step generate(Decoder decoder, DecoderState state, int generated) throws Throwable {
    double[] walls = new double[generated];
    double[] graphs = new double[generated];
    int token = 1;
    for (int i = -WARM_UP; i < generated; i++) {
      observed.timeGraphs(i >= 0);
      long begin = System.nanoTime();
      LargestElements next =
          decoder.forwardForLargest(state, new int[] {token}, 0, 1, 1, new float[0]).orElseThrow();
      if (i >= 0) {
        walls[i] = (System.nanoTime() - begin) / 1e3;
        graphs[i] = observed.graphMicroseconds();
      }
      token = next.indices()[0];
    }
    observed.timeGraphs(false);
    return new Step(median(walls), median(graphs));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private void report(Step step, int position) throws Throwable {
    List<ObservedDriver.Launch> launches = observed.launches();
    Map<ObservedDriver.Kind, List<ObservedDriver.Launch>> kinds = new LinkedHashMap<>();
    launches.forEach(l -> kinds.computeIfAbsent(l.kind(), _ -> new ArrayList<>()).add(l));
    double empty = emptyKernel();
    double own = 0;
    out.println("| kernel (grid) | launches | us each, own | us of a token |");
    out.println("|---|---:|---:|---:|");
    for (var entry : kinds.entrySet()) {
      ObservedDriver.Kind kind = entry.getKey();
      int count = entry.getValue().size();
      double time = Math.max(0, timeOf(entry.getValue()) - count * empty);
      own += time;
      out.printf(
          Locale.ROOT,
          "| %s (%d, %d, %d) | %d | %.2f | %.1f |%n",
          kind.kernel(),
          kind.x(),
          kind.y(),
          kind.z(),
          count,
          time / count,
          time);
    }
    double gaps = step.graph - own;
    out.printf(
        Locale.ROOT,
        "%n%d launches at position %d; an empty kernel takes %.2f us%n"
            + "recorded pass by events %.1f us, kernels' own times %.1f us%n"
            + "launches and gaps %.1f us, %.1f %% of the pass%n"
            + "a token on the host's clock %.1f us: %.1f us, %.1f %%, beside the pass%n",
        launches.size(),
        position,
        empty,
        step.graph,
        own,
        gaps,
        100 * gaps / step.graph,
        step.wall,
        step.wall - step.graph,
        100 * (step.wall - step.graph) / step.wall);
  }

  /** Microseconds of one of many empty kernels in a graph, which do not overlap. */
  private double emptyKernel() {
    CudaModule ops = context.module("ops");
    long step = context.memory().allocate(Integer.BYTES);
    context.stream().clear(step, Integer.BYTES);
    try (Launcher launcher = new Launcher(context);
        Graph _ =
            context.stream()
                .record(() ->
                    launcher.of(ops, "advance").pointer(step).ints(0).launch(Grid.of(1, 1)))) {
      ObservedDriver.Launch empty = observed.launches().getFirst();
      return timeOf(Collections.nCopies(EMPTY_KERNELS, empty)) / EMPTY_KERNELS;
    }
  }

  /** Microseconds of kernels in a graph of their own. */
  private double timeOf(List<ObservedDriver.Launch> launches) {
    try (Graph graph =
        context.stream()
            .record(() -> {
              for (ObservedDriver.Launch launch : launches) {
                repeat(launch);
              }
            })) {
      return microseconds(graph);
    }
  }

  private void repeat(ObservedDriver.Launch launch) {
    try {
      observed.repeat(launch, stream);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("driver functions throw no checked exception", e);
    }
  }

  /** The median of some replays, after one that is not counted. */
  private double microseconds(Graph graph) {
    double[] times = new double[REPLAYS];
    try (Event begin = context.newEvent();
        Event end = context.newEvent()) {
      graph.launch();
      for (int i = 0; i < REPLAYS; i++) {
        begin.record();
        graph.launch();
        end.record();
        end.await();
        times[i] = 1e3 * end.millisecondsSince(begin);
      }
    }
    return median(times);
  }
}
