// Sampling and element-wise operations.
#include <cstring>
#include <numeric>

#include "check.h"

static void checkSampling(Driver& d, Random& random) {
  Address counters = d.upload(std::vector<int>(2, 0));
  for (int count : {1, 900, 1024, 1025, 5003}) {
    auto x = random.floats(count);
    for (int i = count / 3; i < count / 2; i++) {
      x[i] = 0.9995f; // ties around the border
    }
    for (int k : {1, 7, 40, 512}) {
      if (k > count) {
        continue;
      }
      for (bool broken : {false, true}) {
        if (broken) {
          x[count / 2] = NAN;
        }
        Address dx = d.upload(x), candidates = d.allocate((count + 1023) / 1024 * k * 8), found = d.allocate((2 * k + 1) * 4);
        d.launch(d.kernel("sampling", "largest"), (count + 1023) / 1024, 1, 1, 1024, 0, dx, count, k, candidates, counters, found);
        auto words = d.download<int>(found, 2 * k + 1);
        std::vector<int> order(count);
        std::iota(order.begin(), order.end(), 0);
        auto value = [&](int i) { return x[i] == x[i] ? x[i] : -INFINITY; };
        std::stable_sort(order.begin(), order.end(), [&](int p, int q) { return value(p) > value(q); });
        expect(std::equal(order.begin(), order.begin() + k, words.begin() + 1), "largest " + std::to_string(k), count);
        expect(words[0] == (broken ? 1 : 0), "elements that are not finite", count);
        expect(memcmp(&words[1 + k], &x[order[0]], 4) == 0, "value of the largest", count);
        d.free(dx);
        d.free(candidates);
        d.free(found);
      }
      x[count / 2] = 0.5f;
    }
  }
  expect(d.download<int>(counters, 2) == std::vector<int>(2, 0), "counters are left zero", 0);
  d.free(counters);
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
