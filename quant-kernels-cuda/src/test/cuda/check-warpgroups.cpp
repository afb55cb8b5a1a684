// Products of many rows on the tensor cores of sm_90a.
#include "check.h"

static const int NATURAL = 0x10080102;

// The order in which a format's fragments have columns (KERNELS.md).
static int orderOf(const Format& f) {
  return f.name == "q4_0" ? 0x01100204 : f.name == "q8_0" ? 0x04020108 : f.name == "q6_k" ? 0x10010204
         : f.block == 256 ? 0x04010208
                          : NATURAL;
}

static int roundUp(int n, int to) { return (n + to - 1) / to * to; }

static unsigned sharedBytes(bool native, int tile) {
  int stages = native ? (tile == 64 ? 8 : 4) : tile == 256 ? 4 : 8;
  return (unsigned)(2048 + stages * (tile + (native ? 128 : 0)) * 128);
}

static void checkProduct(Driver& d, const Format& f, int tile, int m, int n, int k, int mode, Random& random) {
  std::string name = "warpgroups " + f.name + " tile " + std::to_string(tile) + " " + std::to_string(m) + "x" + std::to_string(n) +
                     "x" + std::to_string(k);
  bool native = f.block == 1;
  auto x = random.floats((size_t)m * k, 300), gain = random.floats(k);
  auto start = random.floats((size_t)m * n, 100), bias = random.floats(n, 100);
  Bytes bytes = randomBlocks(f, (size_t)n * k / f.block, random);
  DeviceWeight w = uploadWeight(d, f, bytes);
  Address dx = d.upload(x), dg = d.upload(gain), ds = d.allocate(m * 4), db = d.upload(bias), out = d.upload(start);
  Address panels = d.allocate((size_t)roundUp(m, 8) * roundUp(k, 64) * 2);
  bool brain = f.name == "bf16";
  d.launch(d.kernel("gemm_wgmma", brain ? "rows_to_panels_bf16" : "rows_to_panels_f16"), m, 1, 1, 256, 0, dx, dg, 1e-5f, k,
           orderOf(f), panels, ds);
  unsigned gx = (unsigned)(roundUp(m, tile) / tile), gy = (unsigned)(roundUp(n, 128) / 128), shared = sharedBytes(native, tile);
  if (native) {
    void* g = d.kernel("gemm_wgmma", "gemm_" + f.name + "_" + std::to_string(tile));
    d.sharedLimit(g, (int)shared);
    d.launch(g, gx, gy, 1, 384, shared, panels, ds, w.data, m, n, k, k, out, n, db, mode);
  } else {
    void* g = d.kernel("gemm_wgmma_" + f.name, "gemm_" + std::to_string(tile));
    d.sharedLimit(g, (int)shared);
    d.launch(g, gx, gy, 1, 384, shared, panels, ds, w.data, w.blocks, m, n, k, out, n, db, mode);
  }
  auto wanted = products(decoded(f, bytes, (size_t)n * k), normalized(x, gain, k, 1e-5f), n, k);
  for (size_t i = 0; i < wanted.size(); i++) {
    wanted[i] += bias[i % n] + (mode == 1 ? start[i] : 0);
  }
  expectClose(d.download<float>(out, (size_t)m * n), wanted, brain ? 6e-3 : 1e-3, name);
  for (Address a : {w.data, dx, dg, ds, db, out, panels}) {
    d.free(a);
  }
}

void checkWarpgroups(Driver& d, Random& random) {
  std::vector<Format> all = tiledFormats();
  all.push_back(formats()[5]);
  all.push_back(formats()[6]);
  for (const Format& f : all) {
    checkProduct(d, f, 64, 33, 70, 256, 0, random);
    checkProduct(d, f, 128, 70, 130, 768, 1, random);
    checkProduct(d, f, 256, 300, 200, f.block == 32 ? 640 : 512, 0, random);
  }
  for (const Format& f : {formats()[5], formats()[6]}) {
    checkProduct(d, f, 64, 1, 1, 32, 1, random);
    checkProduct(d, f, 128, 130, 129, 96, 0, random);
    checkProduct(d, f, 256, 9, 257, 1376, 1, random);
  }
}
