// Matrix products of few and of many rows, with all that goes with them.
#include "rounding.h"

static void checkMatvec(Driver& d, const Format& f, int rows, int cols, int batch, bool gain, Random& random) {
  std::string name = f.name + f.suffix + " " + std::to_string(rows) + "x" + std::to_string(cols) + " batch " + std::to_string(batch);
  size_t blocks = (size_t)rows * cols / f.block;
  Bytes bytes[3];
  DeviceWeight w[3];
  for (int m = 0; m < 3; m++) {
    bytes[m] = randomBlocks(f, blocks, random);
    w[m] = uploadWeight(d, f, bytes[m]);
  }
  auto values = decoded(f, bytes[0], (size_t)rows * cols);
  auto x = random.floats((size_t)batch * cols);
  std::vector<float> g = gain ? random.floats(cols) : std::vector<float>();
  auto bias = random.floats(rows);
  Address dx = d.upload(x);
  Address dg = gain ? d.upload(g) : 0;
  Address db = d.upload(bias);
  auto in = normalized(x, g, cols, 1e-5f);
  Expected y[3];
  for (int m = 0; m < 3; m++) {
    y[m] = expectedProducts(f, bytes[m], in, rows, cols);
  }
  std::string module = f.module();
  std::vector<float> first;
  for (int nb : {1, 2, 4}) {
    void* k = d.kernel(module, "matvec_" + std::to_string(nb), f.shared());
    for (int mode = 0; mode < 4; mode++) {
      auto start = random.floats((size_t)batch * rows);
      Address out[3] = {d.upload(start), d.upload(start), d.upload(start)};
      bool pair = mode >= 2;
      int third = pair ? 0 : rows;
      d.launch(k, (unsigned)((batch + nb - 1) / nb), (unsigned)(nb == 2 ? 1 : (2 * rows + third + 15) / 16), 1, 256, f.shared(), w[0].data,
               w[1].data, w[2].data, w[0].blocks, w[1].blocks, w[2].blocks, out[0], out[1], out[2], (Address)0, db,
               (Address)0, rows, rows, third, dx, dg, 1e-5f, cols, batch, mode, (Address)0);
      for (int m = 0; m < (pair ? 1 : 3); m++) {
        Expected second(y[1]), wanted(y[m]);
        for (size_t i = 0; i < wanted.values.size(); i++) {
          second.add(i, bias[i % rows], 0);
          wanted.add(i, !pair && m == 1 ? bias[i % rows] : 0, mode == 1 ? start[i] : 0);
        }
        if (pair) {
          wanted = Expected::gated(mode, y[0], second);
        }
        auto got = d.download<float>(out[m], (size_t)batch * rows);
        wanted.check(got, name + " matvec_" + std::to_string(nb) + " mode " + std::to_string(mode));
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
  expect(std::equal(got.begin(), got.end(), values.begin() + cols), name + " dequantize_f32 exact", 0);
  std::vector<int> tokens = {rows - 1, 0, rows / 2};
  Address dt = d.upload(tokens);
  d.launch(d.kernel(module, "embed"), (unsigned)((cols + 2047) / 2048), 3, 1, 256, 0, w[0].data, w[0].blocks, (Address)0, dt,
           cols, 1.0f, rowsOut);
  got = d.download<float>(rowsOut, (size_t)3 * cols);
  for (int t = 0; t < 3; t++) {
    expect(std::equal(got.begin() + t * cols, got.begin() + (t + 1) * cols, values.begin() + (size_t)tokens[t] * cols),
           name + " embed exact", t);
  }
  for (Address a : {w[0].data, w[1].data, w[2].data, dx, db, rowsOut, dt}) {
    d.free(a);
  }
  if (dg != 0) {
    d.free(dg);
  }
}

// What `choose` gives for these logits, held against a sort of them: numbers and weights of (batch, used).
static std::pair<std::vector<int>, std::vector<float>> checkChoice(
    const std::vector<float>& logits, std::vector<int> chosen, std::vector<float> weights, int experts, int used) {
  expect(chosen[0] == 0 && chosen[1] == 3, "choose: first of equal ones", chosen[0]);
  for (size_t b = 0; b < logits.size() / experts; b++) {
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
  return {chosen, weights};
}

// Products of slots, `used` of them with each row of x, with the matrices of the experts chosen for them.
static Expected expertProducts(
    const Format& f, const Bytes& stack, const std::vector<int>& chosen, const std::vector<float>& x, int used, int rows, int cols, bool exact) {
  Expected all;
  size_t bytes = (size_t)rows * cols / f.block * f.bytes;
  for (size_t s = 0; s < chosen.size(); s++) {
    Bytes matrix(stack.begin() + chosen[s] * bytes, stack.begin() + (chosen[s] + 1) * bytes);
    std::vector<double> in(x.begin() + s / used * cols, x.begin() + (s / used + 1) * cols);
    Expected one = expectedProducts(f, matrix, in, rows, cols, exact);
    all.values.insert(all.values.end(), one.values.begin(), one.values.end());
    all.sizes.insert(all.sizes.end(), one.sizes.begin(), one.sizes.end());
    all.limits.insert(all.limits.end(), one.limits.begin(), one.limits.end());
  }
  return all;
}

static void checkExperts(Driver& d, const Format& f, Random& random) {
  const int experts = 6, used = 2, batch = 3, rows = 21, cols = 512;
  Bytes gate = randomBlocks(f, (size_t)experts * rows * cols / f.block, random);
  Bytes up = randomBlocks(f, (size_t)experts * rows * cols / f.block, random);
  DeviceWeight g = uploadWeight(d, f, gate), u = uploadWeight(d, f, up);
  auto logits = random.floats(batch * experts, 3);
  logits[3] = logits[0] = 5; // equal ones: the first
  Address dl = d.upload(logits), de = d.allocate(batch * used * 4), dw = d.allocate(batch * used * 4);
  d.launch(d.kernel("experts", "choose"), batch, 1, 1, 32, 0, dl, experts, used, 1, de, dw);
  auto [chosen, weights] =
      checkChoice(logits, d.download<int>(de, batch * used), d.download<float>(dw, batch * used), experts, used);
  auto x = random.floats(batch * cols);
  Address dx = d.upload(x), dy = d.allocate(batch * used * rows * 4);
  for (int exact : {0, 1}) {
    Expected a = expertProducts(f, gate, chosen, x, used, rows, cols, exact), b = expertProducts(f, up, chosen, x, used, rows, cols, exact);
    for (int mode : {0, 2}) {
      d.launch(d.kernel(f.module(), "matvec_experts", f.shared()), batch * used, (mode ? 2 * rows + 15 : rows + 15) / 16, 1, 256,
               f.shared(), g.data, u.data, g.blocks, u.blocks, dy, rows, dx, (Address)0, 0.0f, 1, cols, de, used, mode, exact,
               (Address)0);
      (mode ? Expected::gated(mode, a, b) : a)
          .check(d.download<float>(dy, batch * used * rows),
                 "matvec_experts " + f.name + f.suffix + " mode " + std::to_string(mode) + (exact ? " exact" : ""));
    }
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

static std::vector<float> product(Driver& d, const Format& f, const DeviceWeight& w, const std::vector<float>& x, int rows, int cols) {
  Address dx = d.upload(x), out = d.allocate(rows * 4), none = 0;
  d.launch(d.kernel(f.module(), "matvec_1", f.shared()), 1, (rows + 15) / 16, 1, 256, f.shared(), w.data, none, none, w.blocks, 0LL,
           0LL, out, none, none, none, none, none, rows, 0, 0, dx, none, 0.0f, cols, 1, 0, none);
  auto y = d.download<float>(out, rows);
  d.free(dx);
  d.free(out);
  return y;
}

// Input of every magnitude, some sets of it or all, and input that is not finite, in products that round it.
static void checkMagnitudes(Driver& d, const Format& f, Random& random) {
  const int rows = 19, cols = 768;
  Bytes bytes = randomBlocks(f, (size_t)rows * cols / f.block, random);
  for (size_t b = 0; b < bytes.size() / f.bytes; b++) {
    for (int offset : f.scales) {
      uint16_t h = (uint16_t)(4 + random.bits() % 4); // 2^-22 and more: products of the largest floats are finite
      memcpy(&bytes[b * f.bytes + offset], &h, 2);
    }
  }
  DeviceWeight w = uploadWeight(d, f, bytes);
  auto unit = random.floats(cols);
  unit[77] = 1; // with the largest exponent: the largest float
  for (int exponent : {-100, -81, -80, 0, 59, 60, 61, 100, 112, 126, 127, 128}) {
    for (int step : {1, 2, 5}) { // sets that have it: all, every second, every fifth
      std::vector<float> x(cols);
      for (int i = 0; i < cols; i++) {
        x[i] = (float)std::min(std::ldexp((double)unit[i], (i / 32 - 77 / 32) % step == 0 ? exponent : 0), 0x1.fffffep127);
      }
      std::vector<double> in(x.begin(), x.end());
      expectedProducts(f, bytes, in, rows, cols)
          .check(product(d, f, w, x, rows, cols), f.name + " of 2^" + std::to_string(exponent) + " in sets of " + std::to_string(step));
    }
  }
  for (float bad : {(float)NAN, (float)INFINITY, (float)-INFINITY}) {
    for (int place : {0, 300, cols - 1}) {
      std::vector<float> x(unit);
      x[place] = bad;
      for (float y : product(d, f, w, x, rows, cols)) {
        expect(!std::isfinite(y), f.name + " of input that is not finite", y);
      }
    }
  }
  d.free(w.data);
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

void checkProducts(Driver& d, Random& random) {
  checkExperts(d, formats()[2], random);
  for (const Format& f : formats()) {
    checkMatvec(d, f, 37, 512, 5, true, random);
    checkMatvec(d, f, 3, 256, 1, false, random);
    checkMatvec(d, f, 18, 9216 + 256, 3, true, random);
  }
  for (const Format& f : tiledFormats()) {
    checkExperts(d, f, random);
    checkMagnitudes(d, f, random);
    checkMatvec(d, f, 37, 512, 5, true, random);
    checkMatvec(d, f, 3, 256, 1, false, random);
    checkMatvec(d, f, 18, 9216 + 256, 3, true, random);
    checkMatvec(d, f, 7, f.block == 32 ? 1056 : 2304, 2, true, random);
  }
  checkMatvec(d, formats()[7], 5, 37, 2, true, random);
  checkMatvec(d, formats()[5], 5, 1030, 2, true, random);
  checkGemm(d, 33, 70, 96, random);
  checkGemm(d, 130, 260, 320, random);
}
