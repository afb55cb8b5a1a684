// Times the kernels on a device with events:
//   bench LIBRARY PTX_FOLDER [BLOCKS_PER_MULTIPROCESSOR [FORMATS]]   (FORMATS such as q4_0,q8_0: only their products)
// Matrices are used in turn so that they come from memory and not from the cache; launches are replayed as a graph.
#include <algorithm>
#include <functional>

#include "reference.h"

struct Bench {
  Driver d;
  void* from = nullptr;
  void* to = nullptr;
  Random random{3};

  Bench(const char* library, const char* ptx) : d(library, ptx) {
    d.call("cuEventCreate", &from, 0u);
    d.call("cuEventCreate", &to, 0u);
  }

  // Milliseconds of one replay, the median of several.
  double replay(const std::function<void()>& launches, int times = 7) {
    void* graph = nullptr;
    void* executable = nullptr;
    d.call("cuStreamBeginCapture_v2", d.stream, 0);
    launches();
    d.call("cuStreamEndCapture", d.stream, &graph);
    d.call("cuGraphInstantiateWithFlags", &executable, graph, 0ull);
    std::vector<double> all;
    for (int i = 0; i < times + 2; i++) {
      float ms = 0;
      d.call("cuEventRecord", from, d.stream);
      d.call("cuGraphLaunch", executable, d.stream);
      d.call("cuEventRecord", to, d.stream);
      d.call("cuEventSynchronize", to);
      d.call("cuEventElapsedTime", &ms, from, to);
      if (i >= 2) {
        all.push_back(ms);
      }
    }
    d.call("cuGraphExecDestroy", executable);
    d.call("cuGraphDestroy", graph);
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
  }

  // Device memory of random blocks: a piece made on the host, copied until it is full.
  Address blocks(const Format& f, size_t count) {
    size_t piece = std::min<size_t>(count, (4u << 20) / f.bytes);
    Bytes bytes = randomBlocks(f, piece, random);
    Address a = d.allocate(count * f.bytes);
    for (size_t at = 0; at < count; at += piece) {
      size_t n = std::min(piece, count - at) * f.bytes;
      d.call("cuMemcpyHtoD_v2", a + (Address)at * f.bytes, (const void*)bytes.data(), n);
    }
    if (!f.planar) {
      return a;
    }
    Address b = d.allocate(count * f.bytes);
    d.launch(d.kernel(f.module(), "planes"), (unsigned)((count + 7) / 8), 1, 1, 256, 0, a, b, (long long)count, 0LL,
             (long long)count);
    d.sync();
    d.free(a);
    return b;
  }

  double copyRate() {
    size_t bytes = 2ull << 30;
    Address a = d.allocate(bytes), b = d.allocate(bytes);
    double best = 0;
    for (int i = 0; i < 6; i++) {
      float ms = 0;
      d.call("cuEventRecord", from, d.stream);
      d.call("cuMemcpyDtoDAsync_v2", b, a, bytes, d.stream);
      d.call("cuEventRecord", to, d.stream);
      d.call("cuEventSynchronize", to);
      d.call("cuEventElapsedTime", &ms, from, to);
      best = std::max(best, 2.0 * bytes / ms / 1e6);
    }
    d.free(a);
    d.free(b);
    return best;
  }
};

// Blocks for these row slots: as many as run at once, if there are that many tiles.
static int resident = 0;
static int gridY(Driver&, int slots) { return std::min((slots + 15) / 16, resident); }

static void matvecs(Bench& bench, double copy, const std::vector<Format>& wanted) {
  Driver& d = bench.d;
  struct Shape {
    int rows, cols;
  };
  printf("%-6s %-14s", "format", "rows x cols");
  for (int b : {1, 2, 4, 8}) {
    printf("   batch %d: GB/s  share", b);
  }
  printf("\n");
  Address x = d.upload(bench.random.floats(8 * 14336)), y = d.allocate(8 * 131072 * 4);
  for (const Format& f : wanted) {
    for (Shape s : {Shape{4096, 4096}, {14336, 4096}, {28672, 4096}, {4096, 14336}, {128256, 4096}}) {
      size_t perMatrix = (size_t)s.rows * s.cols / f.block;
      size_t bytes = perMatrix * f.bytes;
      int matrices = (int)std::max<size_t>(2, (400u << 20) / bytes + 1);
      std::vector<Address> w;
      w.push_back(bench.blocks(f, perMatrix));
      for (int i = 1; i < matrices; i++) {
        w.push_back(d.allocate(bytes));
        d.call("cuMemcpyDtoD_v2", w[i], w[0], bytes);
      }
      printf("%-6s %6d x %5d", f.name.c_str(), s.rows, s.cols);
      for (int batch : {1, 2, 4, 8}) {
        int nb = std::min(batch, 4);
        void* k = d.kernel(f.module(), "matvec_" + std::to_string(nb), f.shared());
        double ms = bench.replay([&] {
          for (Address a : w) {
            d.launch(k, (unsigned)(batch / nb), (unsigned)gridY(d, s.rows), 1, 256, f.shared(), a, (Address)0, (Address)0,
                     (long long)perMatrix, 0LL, 0LL, y, (Address)0, (Address)0, (Address)0, (Address)0, (Address)0, s.rows, 0, 0, x,
                     (Address)0, 0.0f, s.cols, batch, 0, (Address)0);
          }
        });
        double rate = (double)bytes * matrices / ms / 1e6;
        printf("   %12.0f %5.1f%%", rate, 100 * rate / copy);
      }
      printf("\n");
      fflush(stdout);
      for (Address a : w) {
        d.free(a);
      }
    }
  }
  d.free(x);
  d.free(y);
}

static void gemms(Bench& bench) {
  Driver& d = bench.d;
  printf("gemm, 2048 rows: TFLOP/s\n");
  for (int kind = 0; kind < 2; kind++) {
    Format f = formats()[kind == 0 ? 5 : 6];
    void* g = d.kernel("gemm_mma", kind == 0 ? "gemm_f16" : "gemm_bf16");
    d.sharedLimit(g, 65536);
    for (auto s : {std::pair<int, int>{4096, 4096}, {14336, 4096}, {4096, 14336}}) {
      int m = 2048, n = s.first, k = s.second;
      Address x = bench.blocks(f, (size_t)m * k), w = bench.blocks(f, (size_t)n * k), y = d.allocate((size_t)m * n * 4);
      Address scales = d.upload(std::vector<float>(m, 1));
      double ms = bench.replay([&] {
        for (int i = 0; i < 10; i++) {
          d.launch(g, (m + 127) / 128, (n + 127) / 128, 1, 128, 65536, x, scales, w, m, n, k, k, k, y, n, (Address)0, 0);
        }
      }) / 10;
      printf("  %-5s n %5d k %5d: %.0f\n", f.name.c_str(), n, k, 2.0 * m * n * k / ms / 1e9);
      fflush(stdout);
      for (Address a : {x, w, y, scales}) {
        d.free(a);
      }
    }
  }
  for (const Format& f : formats()) {
    if (f.block == 1) {
      continue;
    }
    int n = 14336, k = 4096;
    Address w = bench.blocks(f, (size_t)n * k / f.block), out = d.allocate((size_t)n * k * 2);
    double ms = bench.replay([&] {
      d.launch(d.kernel(f.module(), "dequantize_f16"), (unsigned)((k + 2047) / 2048), n, 1, 256, 0, w,
               (long long)n * k / f.block, (Address)0, 0LL, k, out, (long long)k);
    });
    printf("  dequantize_f16 %s 14336 x 4096: %.1f us, %.0f GB/s read and written\n", f.name.c_str(), ms * 1e3,
           ((double)n * k / f.block * f.bytes + 2.0 * n * k) / ms / 1e6);
    d.free(w);
    d.free(out);
  }
}

static void attentions(Bench& bench) {
  Driver& d = bench.d;
  const int heads = 32, kvHeads = 8, dim = 128, capacity = 32768;
  Address keys = d.allocate((size_t)capacity * kvHeads * dim * 2), values = d.allocate((size_t)capacity * kvHeads * dim * 2);
  d.call("cuMemsetD32_v2", keys, 0x2c002d00u, (size_t)capacity * kvHeads * dim / 2);
  d.call("cuMemsetD32_v2", values, 0x2c002d00u, (size_t)capacity * kvHeads * dim / 2);
  Address q = d.upload(bench.random.floats(2048 * heads * dim)), out = d.allocate(2048 * heads * dim * 4);
  long long rowStride = dim, headStride = (long long)capacity * dim;
  int splits = 66;
  Address parts = d.allocate((size_t)heads * splits * dim * 4), stats = d.allocate(heads * splits * 8);
  Address counters = d.upload(std::vector<int>(kvHeads, 0));
  for (int position : {127, 511, 2047, 8191, 32767}) {
    Address step = d.upload(std::vector<int>{position});
    double ms = bench.replay([&] {
      for (int i = 0; i < 10; i++) {
        d.launch(d.kernel("attention_f16", "attention_f16_128"), kvHeads, splits, 1, 128, 0, q, keys, values, (Address)0, (Address)0,
                 rowStride, headStride, heads, kvHeads, 0.088f, 0, 0.0f, step, splits, parts, stats, counters, out);
      }
    }) / 10;
    printf("attention 32/8 x 128, 1 row, %5d positions: %.1f us, %.0f GB/s\n", position + 1, ms * 1e3,
           4.0 * (position + 1) * kvHeads * dim / ms / 1e6);
    d.free(step);
  }
  Address step = d.upload(std::vector<int>{0});
  void* f = d.kernel("attention_mma_f16", "attention_rows_f16_128");
  int shared = 192 * 136 * 2;
  d.sharedLimit(f, shared);
  double ms = bench.replay([&] {
    d.launch(f, 32, heads, 1, 128, shared, q, keys, values, (Address)0, (Address)0, rowStride, headStride, heads, kvHeads, 0.088f, 0,
             0.0f, step, 2048, out);
  });
  printf("attention 32/8 x 128, 2048 rows: %.0f us, %.0f TFLOP/s of the causal half\n", ms * 1e3,
         2.0 * 2048 * 2048 * heads * dim / ms / 1e9);
  for (Address a : {keys, values, q, out, parts, stats, counters, step}) {
    d.free(a);
  }
}

// A decode step of the 8B shape from its kernels, weights of one format (output layer too).
static void decode(Bench& bench, double copy, const Format& f) {
  Driver& d = bench.d;
  const int layers = 32, dim = 4096, kv = 1024, ff = 14336, heads = 32, kvHeads = 8, vocab = 128256, capacity = 4096, splits = 33;
  struct Layer {
    Address q, k, v, o, gate, up, down, keys, values;
  };
  auto blocks = [&](int rows, int cols) { return (long long)rows * cols / f.block; };
  std::vector<Layer> all(layers);
  size_t bytes = 0;
  auto weight = [&](int rows, int cols) {
    bytes += (size_t)blocks(rows, cols) * f.bytes;
    return bench.blocks(f, (size_t)blocks(rows, cols));
  };
  for (Layer& l : all) {
    l = {weight(dim, dim), weight(kv, dim),  weight(kv, dim),  weight(dim, dim), weight(ff, dim),
         weight(ff, dim),  weight(dim, ff),  d.allocate((size_t)capacity * kv * 2), d.allocate((size_t)capacity * kv * 2)};
    d.call("cuMemsetD32_v2", l.keys, 0x2c002d00u, (size_t)capacity * kv / 2);
    d.call("cuMemsetD32_v2", l.values, 0x2c002d00u, (size_t)capacity * kv / 2);
  }
  Address head = weight(vocab, dim);
  Address x = d.upload(bench.random.floats(dim)), gain = d.upload(bench.random.floats(dim)), q = d.allocate(dim * 4);
  Address k = d.allocate(kv * 4), v = d.allocate(kv * 4), a = d.allocate(dim * 4), g = d.allocate(ff * 4), logits = d.allocate(vocab * 4);
  Address parts = d.allocate((size_t)heads * splits * 128 * 4), stats = d.allocate(heads * splits * 8), token = d.allocate(12);
  Address candidates = d.allocate(126 * 8);
  Address counters = d.upload(std::vector<int>(kvHeads, 0)), step = d.upload(std::vector<int>{511});
  Address frequencies = d.upload(bench.random.floats(64)), angles = d.allocate(512);
  void* matvec = d.kernel(f.module(), "matvec_1", f.shared());
  auto product = [&](Address w0, Address w1, Address w2, int r0, int r1, int r2, int cols, Address y0, Address y1, Address y2, Address in,
                     Address norm, int mode) {
    d.launch(matvec, 1, (unsigned)gridY(d, r0 + r1 + r2), 1, 256, f.shared(), w0, w1, w2, blocks(r0, cols), blocks(r1, cols), blocks(r2, cols),
             y0, y1, y2, (Address)0, (Address)0, (Address)0, r0, r1, r2, in, norm, 1e-5f, cols, 1, mode, (Address)0);
  };
  const Address none = 0;
  auto run = [&](bool small) {
    if (small) {
      d.launch(d.kernel("ops", "rotary_angles"), 1, 1, 1, 256, 0, frequencies, 1.0f, 64, 1, step, angles);
    }
    for (const Layer& l : all) {
      product(l.q, l.k, l.v, dim, kv, kv, dim, q, k, v, x, gain, 0);
      if (small) {
        d.launch(d.kernel("ops", "rotate_store_f16"), (heads + 2 * kvHeads + 3) / 4, 1, 1, 128, 0, q, k, v, angles, none, none, 0.0f, 0,
                 heads, kvHeads, 128, 128, step, l.keys, l.values, none, none, 128LL, (long long)capacity * 128);
        d.launch(d.kernel("attention_f16", "attention_f16_128"), kvHeads, splits, 1, 128, 0, q, l.keys, l.values, none, none, 128LL,
                 (long long)capacity * 128, heads, kvHeads, 0.088f, 0, 0.0f, step, splits, parts, stats, counters, a);
      }
      product(l.o, none, none, dim, 0, 0, dim, x, none, none, a, none, 0);
      product(l.gate, l.up, none, ff, ff, 0, dim, g, none, none, x, gain, 2);
      product(l.down, none, none, dim, 0, 0, ff, x, none, none, g, none, 0);
    }
    product(head, none, none, vocab, 0, 0, dim, logits, none, none, x, gain, 0);
    if (small) {
      d.launch(d.kernel("sampling", "largest"), (vocab + 1023) / 1024, 1, 1, 1024, 0, logits, vocab, 1, candidates, counters, token);
    }
  };
  double ms = bench.replay([&] { run(true); }), products = bench.replay([&] { run(false); });
  printf("decode 8B %s: %.2f GB, %.3f ms a token (%.1f tokens/s), %.0f GB/s, %.1f%% of copy; matrix products alone %.3f ms, %.1f%%\n",
         f.name.c_str(), bytes / 1e9, ms, 1e3 / ms, bytes / ms / 1e6, 100 * bytes / ms / 1e6 / copy, products,
         100 * bytes / products / 1e6 / copy);
  fflush(stdout);
  for (Layer& l : all) {
    for (Address p : {l.q, l.k, l.v, l.o, l.gate, l.up, l.down, l.keys, l.values}) {
      d.free(p);
    }
  }
  for (Address p : {head, x, gain, q, k, v, a, g, logits, parts, stats, token, candidates, counters, step, frequencies, angles}) {
    d.free(p);
  }
}

static void sampling(Bench& bench) {
  Driver& d = bench.d;
  const int vocab = 128256;
  Address logits = d.upload(bench.random.floats(vocab)), candidates = d.allocate(126 * 512 * 8), found = d.allocate(1025 * 4);
  Address counters = d.upload(std::vector<int>(2, 0));
  for (int k : {1, 40, 64, 512}) {
    double ms = bench.replay([&] {
      d.launch(d.kernel("sampling", "largest"), 126, 1, 1, 1024, 0, logits, vocab, k, candidates, counters, found);
    });
    printf("largest %d of 128256: %.1f us\n", k, ms * 1e3);
  }
  for (Address a : {logits, candidates, found, counters}) {
    d.free(a);
  }
}

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "bench LIBRARY PTX_FOLDER\n");
    return 2;
  }
  Bench bench(argv[1], argv[2]);
  char name[100] = "";
  bench.d.call("cuDeviceGetName", (char*)name, 100, 0);
  int multiprocessors = 0;
  bench.d.call("cuDeviceGetAttribute", &multiprocessors, 16, 0);
  int perMultiprocessor = argc > 3 ? atoi(argv[3]) : 2;
  resident = multiprocessors * perMultiprocessor;
  printf("%d blocks a multiprocessor\n", perMultiprocessor);
  double copy = bench.copyRate();
  printf("%s, copy %.0f GB/s (bytes read and written)\n", name, copy);
  std::vector<Format> fast = tiledFormats();
  fast.push_back(formats()[5]);
  const char* only = argc > 4 ? argv[4] : nullptr;
  for (const Format& f : fast) {
    if (only == nullptr || std::string(only).find(f.name) != std::string::npos) {
      matvecs(bench, copy, {f});
      decode(bench, copy, f);
    }
  }
  if (only != nullptr) {
    attentions(bench);
    return 0;
  }
  gemms(bench);
  attentions(bench);
  sampling(bench);
  return 0;
}
