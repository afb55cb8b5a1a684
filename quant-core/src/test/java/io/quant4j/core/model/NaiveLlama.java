package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;

/**
 * The forward pass once more, as the papers write it: double precision, the whole sequence at once,
 * no cache.
 */
final class NaiveLlama {
  private final ModelMetadata m;
  private final RandomWeights weights;

  NaiveLlama(ModelMetadata metadata, RandomWeights weights) {
    this.m = metadata;
    this.weights = weights;
  }

  /** Logits (tokens, vocab). */
  double[][] forward(int[] tokens) {
    double[][] x = new double[tokens.length][];
    float[] embedding = weights.values(TensorRole.weight(Kind.TOKEN_EMBEDDING));
    for (int t = 0; t < tokens.length; t++) {
      x[t] = new double[m.embeddingLength()];
      for (int i = 0; i < m.embeddingLength(); i++) {
        x[t][i] = embedding[tokens[t] * m.embeddingLength() + i];
      }
    }
    for (int layer = 0; layer < m.layerCount(); layer++) {
      addTo(x, attention(normed(x, TensorRole.weight(Kind.ATTENTION_NORM, layer)), layer));
      addTo(x, feedForward(normed(x, TensorRole.weight(Kind.FEED_FORWARD_NORM, layer)), layer));
    }
    TensorRole output = TensorRole.weight(Kind.OUTPUT);
    double[][] last = normed(x, TensorRole.weight(Kind.OUTPUT_NORM));
    return weights.find(output).isPresent()
        ? times(last, output)
        : times(last, TensorRole.weight(Kind.TOKEN_EMBEDDING));
  }

  private double[][] attention(double[][] x, int layer) {
    double[][] q = linear(x, Kind.ATTENTION_QUERY, layer);
    double[][] k = linear(x, Kind.ATTENTION_KEY, layer);
    double[][] v = linear(x, Kind.ATTENTION_VALUE, layer);
    double[][] out = new double[x.length][m.headCount() * m.headDim()];
    for (int t = 0; t < x.length; t++) {
      rotate(q[t], m.headCount(), t);
      rotate(k[t], m.kvHeadCount(), t);
      for (int head = 0; head < m.headCount(); head++) {
        attend(q[t], k, v, t, head, out[t]);
      }
    }
    return linear(out, Kind.ATTENTION_OUTPUT, layer);
  }

  private void attend(double[] q, double[][] k, double[][] v, int t, int head, double[] out) {
    int qAt = head * m.headDim();
    int kAt = head / (m.headCount() / m.kvHeadCount()) * m.headDim();
    double[] weight = new double[t + 1];
    double sum = 0;
    for (int s = 0; s <= t; s++) {
      double dot = 0;
      for (int i = 0; i < m.headDim(); i++) {
        dot += q[qAt + i] * k[s][kAt + i];
      }
      weight[s] = Math.exp(dot / Math.sqrt(m.headDim()));
      sum += weight[s];
    }
    for (int s = 0; s <= t; s++) {
      for (int i = 0; i < m.headDim(); i++) {
        out[qAt + i] += weight[s] / sum * v[s][kAt + i];
      }
    }
  }

  private void rotate(double[] x, int heads, int position) {
    int dims = m.ropeDimensions();
    boolean interleaved = m.rotaryLayout() == RotaryLayout.INTERLEAVED;
    for (int head = 0; head < heads; head++) {
      for (int i = 0; i < dims / 2; i++) {
        double angle = position * Math.pow(m.ropeBase(), -2.0 * i / dims);
        int a = head * m.headDim() + (interleaved ? 2 * i : i);
        int b = interleaved ? a + 1 : a + dims / 2;
        double first = x[a];
        double second = x[b];
        x[a] = first * Math.cos(angle) - second * Math.sin(angle);
        x[b] = first * Math.sin(angle) + second * Math.cos(angle);
      }
    }
  }

  private double[][] feedForward(double[][] x, int layer) {
    double[][] gate = linear(x, Kind.FEED_FORWARD_GATE, layer);
    double[][] up = linear(x, Kind.FEED_FORWARD_UP, layer);
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < gate[t].length; i++) {
        gate[t][i] = gate[t][i] / (1 + Math.exp(-gate[t][i])) * up[t][i];
      }
    }
    return linear(gate, Kind.FEED_FORWARD_DOWN, layer);
  }

  private double[][] normed(double[][] x, TensorRole role) {
    float[] gain = weights.values(role);
    double[][] out = new double[x.length][gain.length];
    for (int t = 0; t < x.length; t++) {
      double squares = 0;
      for (double value : x[t]) {
        squares += value * value;
      }
      for (int i = 0; i < gain.length; i++) {
        out[t][i] = x[t][i] / Math.sqrt(squares / gain.length + m.rmsNormEpsilon()) * gain[i];
      }
    }
    return out;
  }

  private double[][] linear(double[][] x, Kind kind, int layer) {
    double[][] y = times(x, TensorRole.weight(kind, layer));
    TensorRole bias = TensorRole.bias(kind, layer);
    if (weights.find(bias).isPresent()) {
      for (double[] row : y) {
        for (int i = 0; i < row.length; i++) {
          row[i] += weights.values(bias)[i];
        }
      }
    }
    return y;
  }

  private double[][] times(double[][] x, TensorRole role) {
    float[] w = weights.values(role);
    int cols = x[0].length;
    double[][] y = new double[x.length][w.length / cols];
    for (int t = 0; t < x.length; t++) {
      for (int r = 0; r < y[t].length; r++) {
        for (int i = 0; i < cols; i++) {
          y[t][r] += w[r * cols + i] * x[t][i];
        }
      }
    }
    return y;
  }

  private static void addTo(double[][] x, double[][] y) {
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        x[t][i] += y[t][i];
      }
    }
  }
}
