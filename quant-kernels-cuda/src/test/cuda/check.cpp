// Compares every family of kernels with plain loops in double precision. Runs on a device and on the emulation:
//   check LIBRARY PTX_FOLDER
#include <algorithm>
#include <functional>

#include "reference.h"

static int failures = 0;
static int checks = 0;

static void expect(bool ok, const std::string& what, double value) {
  checks++;
  if (!ok) {
    failures++;
    printf("FAILED %s: %g\n", what.c_str(), value);
  }
}

static void expectClose(const std::vector<float>& a, const std::vector<double>& b, double tolerance, const std::string& what) {
  double error = relativeError(a, b);
  expect(error <= tolerance, what, error);
}

struct DeviceWeight {
  Address data;
  long long blocks;
};

static DeviceWeight uploadWeight(Driver& d, const Format& f, const Bytes& bytes) {
  long long blocks = (long long)(bytes.size() / f.bytes);
  Address raw = d.upload(bytes);
  if (!f.planar) {
    return {raw, blocks};
  }
  Address target = d.allocate(bytes.size());
  long long half = blocks / 2; // two pieces, as an upload through a staging buffer makes them
  void* planes = d.kernel(f.module(), "planes");
  d.launch(planes, (unsigned)((half + 7) / 8), 1, 1, 256, 0, raw, target, blocks, 0LL, half);
  Address rest = raw + (Address)half * f.bytes;
  d.launch(planes, (unsigned)((blocks - half + 7) / 8), 1, 1, 256, 0, rest, target, blocks, half, blocks - half);
  d.sync();
  d.free(raw);
  return {target, blocks};
}

static double act(int mode, double z) {
  return mode == 3 ? 0.5 * z * (1 + std::tanh(std::sqrt(2 / M_PI) * (z + 0.044715 * z * z * z))) : z / (1 + std::exp(-z));
}

static std::vector<double> normalized(const std::vector<float>& x, const std::vector<float>& gain, int cols, float epsilon) {
  std::vector<double> out(x.begin(), x.end());
  if (gain.empty()) {
    return out;
  }
  for (size_t b = 0; b < x.size() / cols; b++) {
    double squares = 0;
    for (int i = 0; i < cols; i++) {
      squares += (double)x[b * cols + i] * x[b * cols + i];
    }
    double scale = 1 / std::sqrt(squares / cols + epsilon);
    for (int i = 0; i < cols; i++) {
      out[b * cols + i] *= scale * gain[i];
    }
  }
  return out;
}

static std::vector<double> products(const std::vector<float>& w, const std::vector<double>& x, int rows, int cols) {
  int batch = (int)(x.size() / cols);
  std::vector<double> y((size_t)batch * rows);
  for (int b = 0; b < batch; b++) {
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int i = 0; i < cols; i++) {
        sum += (double)w[(size_t)r * cols + i] * x[(size_t)b * cols + i];
      }
      y[(size_t)b * rows + r] = sum;
    }
  }
  return y;
}

static void checkMatvec(Driver& d, const Format& f, int rows, int cols, int batch, bool gain, Random& random) {
  std::string name = f.name + f.suffix + " " + std::to_string(rows) + "x" + std::to_string(cols) + " batch " + std::to_string(batch);
  size_t blocks = (size_t)rows * cols / f.block;
  Bytes bytes[3];
  DeviceWeight w[3];
  std::vector<float> values[3];
  for (int m = 0; m < 3; m++) {
    bytes[m] = randomBlocks(f, blocks, random);
    w[m] = uploadWeight(d, f, bytes[m]);
    values[m] = decoded(f, bytes[m], (size_t)rows * cols);
  }
  auto x = random.floats((size_t)batch * cols);
  std::vector<float> g = gain ? random.floats(cols) : std::vector<float>();
  auto bias = random.floats(rows);
  Address dx = d.upload(x);
  Address dg = gain ? d.upload(g) : 0;
  Address db = d.upload(bias);
  auto in = normalized(x, g, cols, 1e-5f);
  std::vector<double> y[3];
  for (int m = 0; m < 3; m++) {
    y[m] = products(values[m], in, rows, cols);
  }
  std::string module = f.module();
  std::vector<float> first;
  for (int nb : {1, 2, 4}) {
    void* k = d.kernel(module, "matvec_" + std::to_string(nb));
    for (int mode = 0; mode < 4; mode++) {
      auto start = random.floats((size_t)batch * rows);
      Address out[3] = {d.upload(start), d.upload(start), d.upload(start)};
      bool pair = mode >= 2;
      int third = pair ? 0 : rows;
      d.launch(k, (unsigned)((batch + nb - 1) / nb), (unsigned)(nb == 2 ? 1 : (2 * rows + third + 15) / 16), 1, 256, 0, w[0].data,
               w[1].data, w[2].data, w[0].blocks, w[1].blocks, w[2].blocks, out[0], out[1], out[2], (Address)0, db,
               (Address)0, rows, rows, third, dx, dg, 1e-5f, cols, batch, mode, (Address)0);
      for (int m = 0; m < (pair ? 1 : 3); m++) {
        std::vector<double> wanted(y[m]);
        for (size_t i = 0; i < wanted.size(); i++) {
          double b = bias[i % rows];
          wanted[i] = pair ? act(mode, y[0][i]) * (y[1][i] + b) : wanted[i] + (m == 1 ? b : 0) + (mode == 1 ? start[i] : 0);
        }
        auto got = d.download<float>(out[m], (size_t)batch * rows);
        expectClose(got, wanted, 2e-5, name + " matvec_" + std::to_string(nb) + " mode " + std::to_string(mode));
        if (mode == 0 && m == 0) {
          if (nb == 1) {
            first = got;
          }
          expect(first == got, name + " does not depend on the batch", nb);
        }
      }
      for (Address a : out) {
        d.free(a);
      }
    }
  }
  Address rowsOut = d.allocate((size_t)rows * cols * 4);
  d.launch(d.kernel(module, "dequantize_f32"), (unsigned)((cols + 2047) / 2048), (unsigned)(rows - 1), 1, 256, 0, w[0].data,
           w[0].blocks, (Address)0, 1LL, cols, rowsOut, (long long)cols);
  auto got = d.download<float>(rowsOut, (size_t)(rows - 1) * cols);
  expect(std::equal(got.begin(), got.end(), values[0].begin() + cols), name + " dequantize_f32 exact", 0);
  std::vector<int> tokens = {rows - 1, 0, rows / 2};
  Address dt = d.upload(tokens);
  d.launch(d.kernel(module, "embed"), (unsigned)((cols + 2047) / 2048), 3, 1, 256, 0, w[0].data, w[0].blocks, (Address)0, dt,
           cols, 1.0f, rowsOut);
  got = d.download<float>(rowsOut, (size_t)3 * cols);
  for (int t = 0; t < 3; t++) {
    expect(std::equal(got.begin() + t * cols, got.begin() + (t + 1) * cols, values[0].begin() + (size_t)tokens[t] * cols),
           name + " embed exact", t);
  }
  for (Address a : {w[0].data, w[1].data, w[2].data, dx, db, rowsOut, dt}) {
    d.free(a);
  }
  if (dg != 0) {
    d.free(dg);
  }
}

static void checkExperts(Driver& d, const Format& f, Random& random) {
  const int experts = 6, used = 2, batch = 3, rows = 21, cols = 512;
  Bytes gate = randomBlocks(f, (size_t)experts * rows * cols / 256, random);
  Bytes up = randomBlocks(f, (size_t)experts * rows * cols / 256, random);
  DeviceWeight g = uploadWeight(d, f, gate), u = uploadWeight(d, f, up);
  auto logits = random.floats(batch * experts, 3);
  logits[3] = logits[0] = 5; // equal ones: the first
  Address dl = d.upload(logits), de = d.allocate(batch * used * 4), dw = d.allocate(batch * used * 4);
  d.launch(d.kernel("experts", "choose"), batch, 1, 1, 32, 0, dl, experts, used, 1, de, dw);
  auto chosen = d.download<int>(de, batch * used);
  auto weights = d.download<float>(dw, batch * used);
  expect(chosen[0] == 0 && chosen[1] == 3, "choose: first of equal ones", chosen[0]);
  for (int b = 0; b < batch; b++) {
    std::vector<int> order(experts);
    for (int e = 0; e < experts; e++) {
      order[e] = e;
    }
    std::stable_sort(order.begin(), order.end(), [&](int p, int q) { return logits[b * experts + p] > logits[b * experts + q]; });
    double sum = 0;
    for (int k = 0; k < used; k++) {
      sum += std::exp(logits[b * experts + order[k]]);
    }
    for (int k = 0; k < used; k++) {
      expect(chosen[b * used + k] == order[k], "choose: order", k);
      double share = std::exp(logits[b * experts + order[k]]) / sum;
      expect(std::abs(weights[b * used + k] - share) < 1e-6, "choose: weights", weights[b * used + k]);
    }
  }
  auto x = random.floats(batch * cols);
  Address dx = d.upload(x), dy = d.allocate(batch * used * rows * 4);
  auto gv = decoded(f, gate, (size_t)experts * rows * cols), uv = decoded(f, up, (size_t)experts * rows * cols);
  for (int mode : {0, 2}) {
    d.launch(d.kernel(f.module(), "matvec_experts"), batch * used, (mode ? 2 * rows + 15 : rows + 15) / 16, 1, 256, 0, g.data,
             u.data, g.blocks, u.blocks, dy, rows, dx, (Address)0, 0.0f, 1, cols, de, used, mode, (Address)0);
    std::vector<double> wanted;
    for (int s = 0; s < batch * used; s++) {
      for (int r = 0; r < rows; r++) {
        double a = 0, b = 0;
        for (int i = 0; i < cols; i++) {
          a += (double)gv[((size_t)chosen[s] * rows + r) * cols + i] * x[s / used * cols + i];
          b += (double)uv[((size_t)chosen[s] * rows + r) * cols + i] * x[s / used * cols + i];
        }
        wanted.push_back(mode ? act(2, a) * b : a);
      }
    }
    expectClose(d.download<float>(dy, batch * used * rows), wanted, 2e-5, "matvec_experts mode " + std::to_string(mode));
  }
  auto y = d.download<float>(dy, batch * used * rows);
  Address mixed = d.allocate(batch * rows * 4);
  d.launch(d.kernel("experts", "mix"), 1, batch, 1, 256, 0, de, dw, dy, used, rows, 0, mixed);
  std::vector<double> wanted(batch * rows);
  for (int s = 0; s < batch * used; s++) {
    for (int r = 0; r < rows; r++) {
      wanted[s / used * rows + r] += (double)weights[s] * y[s * rows + r];
    }
  }
  expectClose(d.download<float>(mixed, batch * rows), wanted, 1e-6, "mix");
  for (Address a : {g.data, u.data, dl, de, dw, dx, dy, mixed}) {
    d.free(a);
  }
}

static void checkGemm(Driver& d, int m, int n, int k, Random& random) {
  std::string name = std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k);
  auto x = random.floats((size_t)m * k, 300), gain = random.floats(k);
  Address dx = d.upload(x), dg = d.upload(gain), ds = d.allocate(m * 4), dh = d.allocate((size_t)m * k * 2);
  auto start = random.floats((size_t)m * n), bias = random.floats(n);
  Address db = d.upload(bias);
  for (int kind = 0; kind < 3; kind++) {
    Format f = formats()[kind == 0 ? 5 : kind == 1 ? 6 : 7];
    Bytes bytes = randomBlocks(f, (size_t)n * k, random);
    Address w = d.upload(bytes), out = d.upload(start);
    bool norm = kind < 2;
    auto wanted = products(decoded(f, bytes, (size_t)n * k), normalized(x, norm ? gain : std::vector<float>(), k, 1e-5f), n, k);
    if (kind < 2) {
      d.launch(d.kernel("ops", kind == 0 ? "rows_to_f16" : "rows_to_bf16"), m, 1, 1, 256, 0, dx, dg, 1e-5f, k, dh, k, ds);
      void* g = d.kernel("gemm_mma", kind == 0 ? "gemm_f16" : "gemm_bf16");
      d.sharedLimit(g, 65536);
      d.launch(g, (m + 127) / 128, (n + 127) / 128, 1, 128, 65536, dh, ds, w, m, n, k, k, k, out, n, db, 1);
    } else {
      d.launch(d.kernel("gemm", "gemm_f32"), (n + 63) / 64, (m + 63) / 64, 1, 256, 0, dx, w, m, n, k, k, k, out, n, db, 1);
    }
    for (size_t i = 0; i < wanted.size(); i++) {
      wanted[i] += start[i] + bias[i % n];
    }
    expectClose(d.download<float>(out, (size_t)m * n), wanted, kind == 0 ? 1e-3 : kind == 1 ? 6e-3 : 1e-5, "gemm " + f.name + " " + name);
    d.free(w);
    d.free(out);
  }
  for (Address a : {dx, dg, ds, dh, db}) {
    d.free(a);
  }
}

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

static void checkSampling(Driver& d, Random& random) {
  const int count = 5003, batch = 2;
  auto logits = random.floats(count * batch);
  logits[77] = logits[4000] = 9;
  logits[5] = NAN;
  for (int i = 100; i < 140; i++) {
    logits[count + i] = 0.9995f; // ties around the border
  }
  Address dl = d.upload(logits), dt = d.allocate(batch * 4);
  d.launch(d.kernel("sampling", "argmax"), batch, 1, 1, 1024, 0, dl, count, dt);
  expect(d.download<int>(dt, batch)[0] == 77, "argmax: first of equal ones", 0);
  for (int k : {1, 7, 40, 1000}) {
    Address di = d.allocate(batch * k * 4), dv = d.allocate(batch * k * 4);
    d.launch(d.kernel("sampling", "top_k"), batch, 1, 1, 1024, 0, dl, count, k, di, dv);
    auto indices = d.download<int>(di, batch * k);
    for (int b = 0; b < batch; b++) {
      std::vector<int> order;
      for (int i = 0; i < count; i++) {
        if (logits[b * count + i] == logits[b * count + i]) {
          order.push_back(i);
        }
      }
      std::stable_sort(order.begin(), order.end(), [&](int p, int q) { return logits[b * count + p] > logits[b * count + q]; });
      expect(std::equal(order.begin(), order.begin() + k, indices.begin() + b * k), "top_k " + std::to_string(k), b);
    }
    d.free(di);
    d.free(dv);
  }
  d.free(dl);
  d.free(dt);
}

static void checkElementwise(Driver& d, Random& random) {
  const int dim = 300, batch = 3, n = dim * batch;
  auto x = random.floats(n, 4), y = random.floats(n), g = random.floats(dim);
  Address dy = d.upload(y), dg = d.upload(g);
  auto run = [&](const char* name, double tolerance, std::function<double(int)> f, std::function<void(void*, Address)> go) {
    Address dx = d.upload(x);
    go(d.kernel("ops", name), dx);
    std::vector<double> wanted(n);
    for (int i = 0; i < n; i++) {
      wanted[i] = f(i);
    }
    expectClose(d.download<float>(dx, n), wanted, tolerance, name);
    d.free(dx);
  };
  unsigned grid = (n + 255) / 256;
  run("add", 1e-7, [&](int i) { return x[i] + y[i]; }, [&](void* f, Address a) { d.launch(f, grid, 1, 1, 256, 0, a, dy, (long long)n); });
  run("swi_glu", 1e-6, [&](int i) { return act(2, x[i]) * y[i]; },
      [&](void* f, Address a) { d.launch(f, grid, 1, 1, 256, 0, a, dy, (long long)n); });
  run("ge_glu", 1e-6, [&](int i) { return act(3, x[i]) * y[i]; },
      [&](void* f, Address a) { d.launch(f, grid, 1, 1, 256, 0, a, dy, (long long)n); });
  run("soft_cap", 1e-6, [&](int i) { return 2 * std::tanh(x[i] / 2.0); },
      [&](void* f, Address a) { d.launch(f, grid, 1, 1, 256, 0, a, 2.0f, (long long)n); });
  run("add_bias", 1e-7, [&](int i) { return x[i] + g[i % dim]; },
      [&](void* f, Address a) { d.launch(f, grid, 1, 1, 256, 0, a, dg, dim, (long long)n); });
  run("add_gated", 1e-6, [&](int i) { return x[i] + y[i] / (1 + std::exp(-g[i / dim])); },
      [&](void* f, Address a) { d.launch(f, grid, 1, 1, 256, 0, a, dg, dy, dim, (long long)n); });
  auto in = normalized(x, g, dim, 1e-5f);
  run("rms_norm", 1e-6, [&](int i) { return in[i]; },
      [&](void* f, Address a) { d.launch(f, batch, 1, 1, 256, 0, a, dg, 1e-5f, dim, a); });
  d.free(dy);
  d.free(dg);
}

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "check LIBRARY PTX_FOLDER\n");
    return 2;
  }
  Driver d(argv[1], argv[2]);
  Random random(7);
  checkElementwise(d, random);
  checkSampling(d, random);
  checkExperts(d, formats()[2], random);
  checkExperts(d, tiledFormats()[2], random);
  for (const Format& f : formats()) {
    checkMatvec(d, f, 37, 512, 5, true, random);
    checkMatvec(d, f, 3, 256, 1, false, random);
    checkMatvec(d, f, 18, 9216 + 256, 3, true, random);
  }
  for (const Format& f : tiledFormats()) {
    checkMatvec(d, f, 37, 512, 5, true, random);
    checkMatvec(d, f, 3, 256, 1, false, random);
    checkMatvec(d, f, 18, 9216 + 256, 3, true, random);
    checkMatvec(d, f, 7, f.block == 32 ? 1056 : 2304, 2, true, random);
  }
  checkMatvec(d, formats()[7], 5, 37, 2, true, random);
  checkMatvec(d, formats()[5], 5, 1030, 2, true, random);
  checkGemm(d, 33, 70, 96, random);
  checkGemm(d, 130, 260, 320, random);
  for (const char* type : {"f32", "f16", "q8"}) {
    checkAttention(d, type, {4, 2, 64, 64, 0, 1, 0, 0, 0}, random);
    checkAttention(d, type, {6, 2, 128, 64, 150, 3, 0, 0, 1}, random);
    checkAttention(d, type, {9, 1, 96, 96, 200, 2, 50, 20, 1}, random);
    checkAttention(d, type, {2, 1, 256, 128, 70, 70, 0, 0, 0}, random);
    checkAttention(d, type, {2, 2, 64, 64, 10, 130, 40, 0, 1}, random);
    checkAttention(d, type, {2, 2, 32, 32, 140, 2, 0, 0, 1}, random);
  }
  printf("%d checks, %d failed\n", checks, failures);
  return failures == 0 ? 0 : 1;
}
