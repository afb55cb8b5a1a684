// Rotation, storing and attention.
#include "check.h"

struct Case {
  int heads, kvHeads, dim, rope, position, batch, window;
  float softCap;
  int layout;
};

// Rotation, storing and all three attentions of one cache type.
static void checkAttention(Driver& d, const std::string& type, const Case& c, Random& random) {
  std::string name = "attention " + type + " dim " + std::to_string(c.dim) + " at " + std::to_string(c.position) + " batch " +
                     std::to_string(c.batch) + " window " + std::to_string(c.window);
  int length = c.position + c.batch, capacity = length + 5;
  int kv = c.kvHeads * c.dim, qd = c.heads * c.dim;
  auto k = random.floats((size_t)length * kv), v = random.floats((size_t)length * kv), q = random.floats((size_t)c.batch * qd, 2);
  auto gain = random.floats(c.dim, 2);
  std::vector<float> frequencies(c.rope / 2);
  for (int i = 0; i < c.rope / 2; i++) {
    frequencies[i] = (float)std::pow(10000.0, -2.0 * i / c.rope);
  }
  int elementBytes = type == "f32" ? 4 : type == "f16" ? 2 : 1;
  Address keys = d.allocate((size_t)capacity * kv * elementBytes), values = d.allocate((size_t)capacity * kv * elementBytes);
  Address ks = d.allocate((size_t)capacity * kv / 16), vs = d.allocate((size_t)capacity * kv / 16);
  long long rowStride = c.dim, headStride = (long long)capacity * c.dim;
  Address df = d.upload(frequencies), dgain = d.upload(gain);
  std::vector<double> rk(k.begin(), k.end()), rq(q.begin(), q.end());
  auto turn = [&](std::vector<double>& x, int heads, int rows, int first, bool norm) {
    for (int r = 0; r < rows; r++) {
      for (int h = 0; h < heads; h++) {
        double* p = &x[((size_t)r * heads + h) * c.dim];
        if (norm) {
          double squares = 0;
          for (int i = 0; i < c.dim; i++) {
            squares += p[i] * p[i];
          }
          for (int i = 0; i < c.dim; i++) {
            p[i] *= gain[i] / std::sqrt(squares / c.dim + 1e-6);
          }
        }
        for (int i = 0; i < c.rope / 2; i++) {
          double angle = (double)frequencies[i] * (first + r);
          double& a = p[c.layout ? i : 2 * i];
          double& b = p[c.layout ? i + c.rope / 2 : 2 * i + 1];
          double s = a * std::cos(angle) - b * std::sin(angle);
          b = a * std::sin(angle) + b * std::cos(angle);
          a = s;
        }
      }
    }
  };
  turn(rk, c.kvHeads, length, 0, false);
  turn(rq, c.heads, c.batch, c.position, true);
  // first all before the batch, then the batch with its queries
  for (int phase = 0; phase < 2; phase++) {
    int rows = phase == 0 ? c.position : c.batch;
    if (rows == 0) {
      continue;
    }
    int from = phase == 0 ? 0 : c.position;
    Address step = d.upload(std::vector<int>{from}), angles = d.allocate((size_t)rows * c.rope * 4);
    Address dk = d.upload(std::vector<float>(k.begin() + (size_t)from * kv, k.begin() + (size_t)(from + rows) * kv));
    Address dv = d.upload(std::vector<float>(v.begin() + (size_t)from * kv, v.begin() + (size_t)(from + rows) * kv));
    Address dq = d.upload(q);
    d.launch(d.kernel("ops", "rotary_angles"), (rows * c.rope / 2 + 255) / 256, 1, 1, 256, 0, df, 1.0f, c.rope / 2, rows, step, angles);
    int heads = phase == 0 ? 0 : c.heads;
    d.launch(d.kernel("ops", "rotate_store_" + type), (heads + 2 * c.kvHeads + 3) / 4, rows, 1, 128, 0, phase == 0 ? (Address)0 : dq, dk,
             dv, angles, phase == 0 ? (Address)0 : dgain, (Address)0, 1e-6f, c.layout, heads, c.kvHeads, c.dim, c.rope, step, keys,
             values, ks, vs, rowStride, headStride);
    if (phase == 1) {
      expectClose(d.download<float>(dq, (size_t)c.batch * qd), rq, 1e-6, name + " rotated queries");
      double scale = 1 / std::sqrt((double)c.dim);
      std::vector<double> wanted((size_t)c.batch * qd);
      for (int b = 0; b < c.batch; b++) {
        for (int h = 0; h < c.heads; h++) {
          int last = c.position + b, first = c.window == 0 ? 0 : std::max(0, last - c.window + 1), kh = h / (c.heads / c.kvHeads);
          std::vector<double> s;
          double largest = -INFINITY, sum = 0;
          for (int t = first; t <= last; t++) {
            double product = 0;
            for (int i = 0; i < c.dim; i++) {
              product += rq[((size_t)b * c.heads + h) * c.dim + i] * rk[(size_t)t * kv + kh * c.dim + i];
            }
            product *= scale;
            s.push_back(c.softCap > 0 ? c.softCap * std::tanh(product / c.softCap) : product);
            largest = std::max(largest, s.back());
          }
          for (double& p : s) {
            p = std::exp(p - largest);
            sum += p;
          }
          for (int t = first; t <= last; t++) {
            for (int i = 0; i < c.dim; i++) {
              wanted[((size_t)b * c.heads + h) * c.dim + i] += s[t - first] / sum * v[(size_t)t * kv + kh * c.dim + i];
            }
          }
        }
      }
      double tolerance = type == "f32" ? 2e-6 : type == "f16" ? 1e-3 : 2e-2;
      Address out = d.allocate((size_t)c.batch * qd * 4);
      std::vector<float> poison((size_t)c.batch * qd, NAN);
      auto reset = [&] { d.call("cuMemcpyHtoD_v2", out, (const void*)poison.data(), poison.size() * 4); };
      reset();
      d.launch(d.kernel("attention_" + type, "attention_" + type), c.heads, c.batch, 1, 128, 0, dq, keys, values, ks, vs, rowStride,
               headStride, c.heads, c.kvHeads, c.dim, (float)scale, c.window, c.softCap, step, out);
      expectClose(d.download<float>(out, (size_t)c.batch * qd), wanted, tolerance, name + " any");
      std::string dim = std::to_string(c.dim);
      if (c.dim == 64 || c.dim == 96 || c.dim == 128 || c.dim == 256) {
        int chunks = (c.heads / c.kvHeads + 7) / 8;
        for (int splits : {1, 3}) {
          reset();
          Address parts = d.allocate((size_t)c.batch * qd * splits * 4), stats = d.allocate((size_t)c.batch * c.heads * splits * 8);
          Address counters = d.upload(std::vector<int>(c.batch * c.kvHeads * chunks, 0));
          for (int time = 0; time < 2; time++) {
            d.launch(d.kernel("attention_" + type, "attention_" + type + "_" + dim), c.kvHeads * chunks, splits, c.batch, 128, 0, dq,
                     keys, values, ks, vs, rowStride, headStride, c.heads, c.kvHeads, (float)scale, c.window, c.softCap, step, splits,
                     parts, stats, counters, out);
          }
          expectClose(d.download<float>(out, (size_t)c.batch * qd), wanted, tolerance, name + " split " + std::to_string(splits));
          auto left = d.download<int>(counters, c.batch * c.kvHeads * chunks);
          expect(std::count(left.begin(), left.end(), 0) == (long)left.size(), name + " counters are zero again", 0);
          for (Address a : {parts, stats, counters}) {
            d.free(a);
          }
        }
        reset();
        void* f = d.kernel("attention_mma_" + type, "attention_rows_" + type + "_" + dim);
        int shared = (64 + 2 * 64) * (c.dim + 8) * 2;
        d.sharedLimit(f, shared);
        d.launch(f, (c.batch + 63) / 64, c.heads, 1, 128, shared, dq, keys, values, ks, vs, rowStride, headStride, c.heads, c.kvHeads,
                 (float)scale, c.window, c.softCap, step, c.batch, out);
        expectClose(d.download<float>(out, (size_t)c.batch * qd), wanted, std::max(tolerance, 2e-3), name + " rows");
      }
      d.free(out);
    }
    for (Address a : {step, angles, dk, dv, dq}) {
      d.free(a);
    }
  }
  for (Address a : {keys, values, ks, vs, df, dgain}) {
    d.free(a);
  }
}

void checkAttentions(Driver& d, Random& random) {
  for (const char* type : {"f32", "f16", "q8"}) {
    checkAttention(d, type, {4, 2, 64, 64, 0, 1, 0, 0, 0}, random);
    checkAttention(d, type, {6, 2, 128, 64, 150, 3, 0, 0, 1}, random);
    checkAttention(d, type, {9, 1, 96, 96, 200, 2, 50, 20, 1}, random);
    checkAttention(d, type, {2, 1, 256, 128, 70, 70, 0, 0, 0}, random);
    checkAttention(d, type, {2, 2, 64, 64, 10, 130, 40, 0, 1}, random);
    checkAttention(d, type, {2, 2, 32, 32, 140, 2, 0, 0, 1}, random);
  }
}
