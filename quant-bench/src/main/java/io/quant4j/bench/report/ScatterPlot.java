package io.quant4j.bench.report;

import io.quant4j.bench.report.Series.Point;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Points over two logarithmic axes, as SVG. */
final class ScatterPlot {
  private static final double WIDTH = 1000;
  private static final double HEIGHT = 680;
  private static final double LEFT = 78;
  private static final double RIGHT = WIDTH - 24;
  private static final double TOP = 56;
  private static final double BOTTOM = HEIGHT - 58;
  private static final double LEGEND_WIDTH = 226;
  private static final double LEGEND_LINE = 20;

  /** From this ratio of its ends on, an axis has coarse ticks. */
  private static final double WIDE = 30;

  private static final double[] COARSE = {1, 2, 5};
  private static final double[] FINE = {1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8};

  private final String title;
  private final String xName;
  private final String yName;
  private final List<Series> series;
  private final LogAxis x;
  private final LogAxis y;
  private final StringBuilder svg = new StringBuilder();

  /**
   * @param series at least one of them with a point; the last is drawn on top
   */
  ScatterPlot(String title, String xName, String yName, List<Series> series) {
    this.title = title;
    this.xName = xName;
    this.yName = yName;
    this.series = series.stream().filter(s -> !s.points().isEmpty()).toList();
    this.x = axis(Point::x, 1.06, LEFT, RIGHT);
    this.y = axis(Point::y, 1.5, BOTTOM, TOP);
  }

  private LogAxis axis(ToDoubleFunction<Point> value, double margin, double from, double to) {
    var statistics =
        series.stream().flatMap(s -> s.points().stream()).mapToDouble(value).summaryStatistics();
    return LogAxis.around(statistics.getMin(), statistics.getMax(), margin, from, to);
  }

  /** The whole file. */
  String svg() {
    svg.setLength(0);
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\""
            + " font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#222\">",
        WIDTH, HEIGHT);
    add("<title>%s</title>", escaped(title));
    add("<rect width=\"%.0f\" height=\"%.0f\" fill=\"#fff\"/>", WIDTH, HEIGHT);
    text(LEFT, 30, "start", "font-size=\"17\" font-weight=\"bold\"", title);
    drawAxes();
    series.stream().filter(s -> s.mark() == Series.Mark.LINE).forEach(this::drawLine);
    drawLabels();
    marked().forEach(s -> s.points().forEach(p -> mark(s, x.place(p.x()), y.place(p.y()))));
    drawLegend();
    add("</svg>");
    return svg.toString();
  }

  private Stream<Series> marked() {
    return series.stream().filter(s -> s.mark() != Series.Mark.LINE);
  }

  private void drawLine(Series of) {
    for (int i = 1; i < of.points().size(); i++) {
      Point from = of.points().get(i - 1);
      Point to = of.points().get(i);
      line(x.place(from.x()), y.place(from.y()), x.place(to.x()), y.place(to.y()), of.color());
    }
  }

  private void drawAxes() {
    for (double value : x.high() > WIDE * x.low() ? x.ticks(COARSE) : x.ticks(FINE)) {
      double at = x.place(value);
      line(at, TOP, at, BOTTOM, "#e4e4e4");
      text(at, BOTTOM + 18, "middle", "", number(value));
    }
    for (double value : y.ticks(COARSE)) {
      double at = y.place(value);
      line(LEFT, at, RIGHT, at, "#e4e4e4");
      text(LEFT - 8, at + 4, "end", "", number(value));
    }
    add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\""
            + " stroke=\"#888\"/>",
        LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP);
    text((LEFT + RIGHT) / 2, HEIGHT - 16, "middle", "font-size=\"13\"", xName);
    double middle = (TOP + BOTTOM) / 2;
    text(
        20,
        middle,
        "middle",
        String.format(Locale.ROOT, "font-size=\"13\" transform=\"rotate(-90 20 %.1f)\"", middle),
        yName);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.6f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }

  /** Every word once, beside the lowest point that has it, rightmost points first. */
  private void drawLabels() {
    Labels labels = new Labels(new Labels.Box(LEFT + 4, TOP + 4, RIGHT - 4, BOTTOM - 4));
    Map<String, Point> lowest = new LinkedHashMap<>();
    for (Series s : marked().toList()) {
      for (Point p : s.points()) {
        labels.avoid(x.place(p.x()), y.place(p.y()));
        lowest.merge(p.label(), p, (a, b) -> a.y() <= b.y() ? a : b);
      }
    }
    keepLegendFree(labels);
    lowest.values().stream()
        .sorted(Comparator.comparingDouble(Point::x).reversed())
        .forEach(p -> drawLabel(labels, p));
  }

  private void drawLabel(Labels labels, Point point) {
    double atX = x.place(point.x());
    double atY = y.place(point.y());
    Labels.Box box = labels.place(point.label(), atX, atY);
    double toX = Math.clamp(atX, box.left(), box.right());
    double toY = Math.clamp(atY, box.top(), box.bottom());
    if (Math.hypot(toX - atX, toY - atY) > 14) {
      line(atX, atY, toX, toY, "#aaa");
    }
    text(
        box.centerX(),
        box.centerY() + Labels.FONT_SIZE / 3,
        "middle",
        "font-size=\"" + (int) Labels.FONT_SIZE + "\" fill=\"#444\"",
        point.label());
  }

  private void keepLegendFree(Labels labels) {
    double left = legendLeft();
    for (double atX = left; atX <= left + LEGEND_WIDTH + 10; atX += 8) {
      for (double atY = TOP; atY <= TOP + LEGEND_LINE * (series.size() + 0.8); atY += 8) {
        labels.avoid(atX, atY);
      }
    }
  }

  /** In the upper corner where it covers fewer points; on the right if it makes no difference. */
  private double legendLeft() {
    double atRight = RIGHT - LEGEND_WIDTH - 10;
    double atLeft = LEFT + 10;
    return covered(atLeft) < covered(atRight) ? atLeft : atRight;
  }

  private long covered(double left) {
    double bottom = TOP + LEGEND_LINE * (series.size() + 1.5);
    return marked()
        .flatMap(s -> s.points().stream())
        .filter(p -> y.place(p.y()) < bottom)
        .filter(p -> x.place(p.x()) > left - 10 && x.place(p.x()) < left + LEGEND_WIDTH + 10)
        .count();
  }

  private void drawLegend() {
    double top = TOP + 10;
    double left = legendLeft();
    add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#fff\""
            + " stroke=\"#bbb\"/>",
        left, top, LEGEND_WIDTH, LEGEND_LINE * series.size() + 8);
    for (int i = 0; i < series.size(); i++) {
      double at = top + 14 + i * LEGEND_LINE;
      mark(series.get(i), left + 16, at);
      text(left + 32, at + 4, "start", "", series.get(i).name());
    }
  }

  private void mark(Series of, double atX, double atY) {
    String style =
        of.mark() == Series.Mark.RING || of.mark() == Series.Mark.SQUARE
            ? "fill=\"none\" stroke-width=\"1.4\" stroke=\"" + of.color() + "\""
            : "fill=\"" + of.color() + "\"";
    switch (of.mark()) {
      case DISC -> add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.6\" %s/>", atX, atY, style);
      case RING -> add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5.6\" %s/>", atX, atY, style);
      case SQUARE ->
          add(
              "<rect x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"10\" %s/>",
              atX - 5, atY - 5, style);
      case DIAMOND -> add("<path d=\"M%.1f %.1fl5 5l-5 5l-5 -5z\" %s/>", atX, atY - 5, style);
      case LINE -> line(atX - 12, atY, atX + 12, atY, of.color());
      case STAR ->
          add(
              "<path d=\"M%.1f %.1fl2 4.5h5l-4 3.2l1.6 5l-4.6 -3l-4.6 3l1.6 -5l-4 -3.2h5z\" %s/>",
              atX, atY - 6.5, style);
    }
  }

  private void line(double fromX, double fromY, double toX, double toY, String color) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
            + " stroke-width=\"0.8\"/>",
        fromX, fromY, toX, toY, color);
  }

  private void text(double atX, double atY, String anchor, String more, String words) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>",
        atX, atY, anchor, more, escaped(words));
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;");
  }

  private void add(String pattern, Object... values) {
    svg.append(String.format(Locale.ROOT, pattern, values)).append('\n');
  }
}
