// What the checks share.
#pragma once

#include <algorithm>
#include <functional>

#include "reference.h"

extern int failures;
extern int checks;
extern double largestShare; // of an error in its limit, of those that have one each

inline void expect(bool ok, const std::string& what, double value) {
  checks++;
  if (!ok) {
    failures++;
    printf("FAILED %s: %g\n", what.c_str(), value);
  }
}

// `sizes`: what the error of all is relative to.
inline void expectClose(const std::vector<float>& a, const std::vector<double>& b, const std::vector<double>& sizes, double tolerance,
                        const std::string& what) {
  double error = relativeError(a, b, sizes);
  expect(error <= tolerance, what, error);
}

inline void expectClose(
    const std::vector<float>& a, const std::vector<double>& b, double tolerance, const std::string& what) {
  expectClose(a, b, b, tolerance, what);
}

struct DeviceWeight {
  Address data;
  long long blocks;
};

inline DeviceWeight uploadWeight(Driver& d, const Format& f, const Bytes& bytes) {
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

inline double act(int mode, double z) {
  return mode == 3 ? 0.5 * z * (1 + std::tanh(std::sqrt(2 / M_PI) * (z + 0.044715 * z * z * z))) : z / (1 + std::exp(-z));
}

inline std::vector<double> normalized(const std::vector<float>& x, const std::vector<float>& gain, int cols, float epsilon) {
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

inline std::vector<double> products(const std::vector<float>& w, const std::vector<double>& x, int rows, int cols) {
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

void checkProducts(Driver& d, Random& random);
void checkWarpgroups(Driver& d, Random& random);
void checkAttentions(Driver& d, Random& random);
void checkOperations(Driver& d, Random& random);
