// Products of many rows on the tensor cores of sm_90a.
#include "check.h"

static int roundUp(int n, int to) { return (n + to - 1) / to * to; }

static unsigned sharedBytes(bool native, int tile) {
  int stages = native ? (tile == 64 ? 8 : 4) : tile == 256 ? 4 : 8;
  return (unsigned)(2048 + stages * (tile + (native ? 128 : 0)) * 128);
}

// What the kernels of a format are called.
struct Names {
  bool native;
  std::string module;
  std::string rows;
  std::string suffix;

  explicit Names(const Format& f) : native(f.block == 1) {
    module = native ? "gemm_wgmma" : "gemm_wgmma_" + f.name;
    rows = native ? "rows_to_panels_" + f.name : "rows_to_panels";
    suffix = native ? f.name + "_" : "";
  }
  std::string gemm(int tile) const { return "gemm_" + suffix + std::to_string(tile); }
};

static double tolerance(const Format& f) { return f.name == "bf16" ? 6e-3 : 1e-3; }

static void checkProduct(Driver& d, const Format& f, int tile, int m, int n, int k, int mode, Random& random) {
  Names names(f);
  auto x = random.floats((size_t)m * k, 300), gain = random.floats(k);
  auto start = random.floats((size_t)m * n, 100), bias = random.floats(n, 100);
  Bytes bytes = randomBlocks(f, (size_t)n * k / f.block, random), second = randomBlocks(f, (size_t)n * k / f.block, random);
  DeviceWeight w = uploadWeight(d, f, bytes);
  Address dx = d.upload(x), dg = d.upload(gain), ds = d.allocate(m * 4), db = d.upload(bias), out = d.upload(start);
  Address panels = d.allocate((size_t)roundUp(m, 8) * roundUp(k, 64) * 2);
  d.launch(d.kernel(names.module, names.rows), m, 1, 1, 512, 0, dx, dg, 1e-5f, k, (Address)0, 1, panels, ds);
  bool pair = mode >= 2;
  DeviceWeight w1 = pair ? uploadWeight(d, f, second) : DeviceWeight{0, 0};
  unsigned gx = (unsigned)(roundUp(m, tile) / tile), rowsOfTile = pair ? 64 : 128, shared = sharedBytes(names.native, tile);
  void* g = d.kernel(names.module, names.gemm(tile));
  d.sharedLimit(g, (int)shared);
  d.launch(g, gx, (n + rowsOfTile - 1) / rowsOfTile, 1, 384, shared, panels, ds, w.data, w1.data, w.blocks, m, n, k, (Address)0,
           (Address)0, out, n, pair ? (Address)0 : db, mode);
  auto in = normalized(x, gain, k, 1e-5f);
  auto wanted = products(decoded(f, bytes, (size_t)n * k), in, n, k), up = products(decoded(f, second, (size_t)n * k), in, n, k);
  for (size_t i = 0; i < wanted.size(); i++) {
    wanted[i] = pair ? act(mode, wanted[i]) * up[i] : wanted[i] + bias[i % n] + (mode == 1 ? start[i] : 0);
  }
  expectClose(d.download<float>(out, (size_t)m * n), wanted, tolerance(f),
              "warpgroups " + f.name + " tile " + std::to_string(tile) + " " + std::to_string(m) + "x" + std::to_string(n) + "x" +
                  std::to_string(k));
  for (Address a : {w.data, w1.data, dx, dg, ds, db, out, panels}) {
    d.free(a);
  }
}

// Tokens of which each goes to `used` experts; of the experts one has none and one has a third of all.
static void checkExpertProducts(Driver& d, const Format& f, int tile, int tokens, int n, int k, int used, int share, Random& random) {
  const int experts = 7;
  Names names(f);
  int slots = tokens * used, rows = roundUp(slots + 7 * experts, 8), tiles = slots / tile + experts;
  std::vector<int> chosen(slots);
  for (int& e : chosen) {
    e = random.bits() % 3 == 0 ? 2 : (int)(random.bits() % (experts - 1));
  }
  auto x = random.floats((size_t)slots / share * k);
  Bytes bytes = randomBlocks(f, (size_t)experts * n * k / f.block, random);
  DeviceWeight w = uploadWeight(d, f, bytes);
  Address dx = d.upload(x), dc = d.upload(chosen), places = d.allocate(rows * 4), dt = d.allocate(tiles * 16), ds = d.allocate(rows * 4);
  Address panels = d.allocate((size_t)rows * roundUp(k, 64) * 2), out = d.allocate((size_t)slots * n * 4);
  d.launch(d.kernel("gemm_wgmma", "expert_tiles"), 1, 1, 1, 1024, 0, dc, slots, tile, places, rows, dt, tiles);
  d.launch(d.kernel(names.module, names.rows), rows, 1, 1, 512, 0, dx, (Address)0, 0.0f, k, places, share, panels, ds);
  unsigned shared = sharedBytes(names.native, tile);
  void* g = d.kernel(names.module, names.gemm(tile));
  d.sharedLimit(g, (int)shared);
  d.launch(g, tiles, (unsigned)(roundUp(n, 128) / 128), 1, 384, shared, panels, ds, w.data, (Address)0, w.blocks, rows, n, k, dt,
           places, out, n, (Address)0, 0);
  auto values = decoded(f, bytes, (size_t)experts * n * k);
  std::vector<double> wanted;
  for (int s = 0; s < slots; s++) {
    std::vector<float> matrix(values.begin() + (size_t)chosen[s] * n * k, values.begin() + (size_t)(chosen[s] + 1) * n * k);
    std::vector<double> in(x.begin() + (size_t)(s / share) * k, x.begin() + (size_t)(s / share + 1) * k);
    auto y = products(matrix, in, n, k);
    wanted.insert(wanted.end(), y.begin(), y.end());
  }
  expectClose(d.download<float>(out, (size_t)slots * n), wanted, tolerance(f),
              "experts " + f.name + " tile " + std::to_string(tile) + " " + std::to_string(slots) + " slots");
  for (Address a : {w.data, dx, dc, places, dt, ds, panels, out}) {
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
    checkProduct(d, f, 64, 65, 70, 256, 2, random);
    checkProduct(d, f, 128, 70, 64, 512, 3, random);
    checkProduct(d, f, 256, 260, 65, 256, 2, random);
    checkExpertProducts(d, f, 64, 90, 70, 256, 3, 3, random);
    checkExpertProducts(d, f, 128, 200, 130, 512, 2, 1, random);
    checkExpertProducts(d, f, 256, 5, 33, 256, 1, 1, random);
  }
  for (const Format& f : {formats()[5], formats()[6]}) {
    checkProduct(d, f, 64, 1, 1, 32, 1, random);
    checkProduct(d, f, 128, 130, 129, 96, 0, random);
    checkProduct(d, f, 256, 9, 257, 1376, 1, random);
  }
  checkProduct(d, all[0], 64, 9, 3, 16384 + 128, 0, random); // beyond what threads keep of a row
}
