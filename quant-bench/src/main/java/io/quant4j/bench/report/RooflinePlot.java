package io.quant4j.bench.report;

import io.quant4j.bench.report.Series.Mark;
import io.quant4j.bench.report.Series.Point;
import io.quant4j.bench.report.SpeedFigures.Use;
import io.quant4j.bench.speed.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Speed of arithmetic over operations per byte of weights that is read, below the roof that the
 * machine sets: its read bandwidth on the left, its arithmetic on the right. Of the measurements
 * with most threads; those behind a long context read more than weights and are left out.
 */
final class RooflinePlot {
  private static final List<String> COLORS =
      List.of("#1769aa", "#e08a00", "#2e9e5b", "#c2364b", "#7a4fb5");
  private static final List<Mark> MARKS =
      List.of(Mark.DISC, Mark.SQUARE, Mark.DIAMOND, Mark.RING, Mark.STAR);

  private final SpeedFigures figures;
  private final int threads;

  RooflinePlot(SpeedFigures figures) {
    this.figures = figures;
    this.threads = figures.threads().getFirst();
  }

  String svg() {
    List<Series> series = new ArrayList<>();
    for (String contestant : figures.contestants()) {
      int style = series.size() % COLORS.size();
      series.add(new Series(contestant, MARKS.get(style), COLORS.get(style), points(contestant)));
    }
    series.addFirst(roof(series.stream().flatMap(s -> s.points().stream()).toList()));
    return new ScatterPlot(
            "Generation and prompts on " + threads + (threads == 1 ? " thread" : " threads"),
            "operations per byte of weights read",
            "GFLOP/s",
            series)
        .svg();
  }

  private List<Point> points(String contestant) {
    return figures.uses().stream()
        .filter(use -> use.contestant().equals(contestant))
        .filter(use -> use.subject().threads() == threads)
        .filter(use -> use.subject().workload() != Workload.LONG_CONTEXT)
        .map(RooflinePlot::point)
        .toList();
  }

  private static Point point(Use use) {
    Workload workload = use.subject().workload();
    double perByte = use.flopsPerSecond() / use.bytesPerSecond() * Math.max(1, workload.prompt());
    return new Point(
        use.subject().fileType() + " " + workload.label(), perByte, use.flopsPerSecond() / 1e9);
  }

  private Series roof(List<Point> points) {
    double bandwidth = figures.machine(threads, run -> run.machine().bytesPerSecond()).median();
    double peak = figures.machine(threads, run -> run.machine().flopsPerSecond()).median();
    double ridge = peak / bandwidth;
    double left = points.stream().mapToDouble(Point::x).min().orElse(ridge);
    double right = points.stream().mapToDouble(Point::x).max().orElse(ridge);
    List<Point> corners = new ArrayList<>();
    corners.add(corner(Math.min(left, ridge / 2), bandwidth, peak));
    corners.add(corner(ridge, bandwidth, peak));
    corners.add(corner(Math.max(right, ridge * 2), bandwidth, peak));
    String name =
        String.format(Locale.ROOT, "%.0f GB/s, %.0f GFLOP/s", bandwidth / 1e9, peak / 1e9);
    return new Series(name, Mark.LINE, "#888", corners);
  }

  private static Point corner(double perByte, double bandwidth, double peak) {
    return new Point("", perByte, Math.min(perByte * bandwidth, peak) / 1e9);
  }
}
