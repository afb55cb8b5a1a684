// Sampling and element-wise operations.
#include "check.h"

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

void checkOperations(Driver& d, Random& random) {
  checkElementwise(d, random);
  checkSampling(d, random);
}
