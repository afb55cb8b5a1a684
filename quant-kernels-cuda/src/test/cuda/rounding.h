// How far off the products of few vectors may be in the modules for tensor cores (tile_products.cuh), which round their input
// to 16 bits.
//
// The 32 columns of a set, the largest of magnitude L, become integers q = nearest(x / s) and count as q * s, with s = L / 32512
// (or a power of two that is at least L / 2^14 where L is below 2^-80). So each is off by s / 2 at most, and a product by
// s / 2 times the weights' magnitudes. If the input is random, so are the errors, of deviation s / sqrt(12): six deviations of
// their sum are exceeded by two of 10^9 results. What s loses by its own rounding and that of its inverse is 2^-22 of x.
//
// A term of the sum, the integers of a set times its factors, is rounded when they are multiplied (3), summed up over a block
// (16) and multiplied by d (2); a warp adds up to eight terms a step, and a step in eight is its own (columns / 256 + 8); then
// come the sums of eight warps and the norm (12).
#pragma once

#include "check.h"

// Relative error of a rounding to a float.
static const double ROUNDING = std::ldexp(1.0, -24);

// Whether a product with rows of this length rounds its input.
inline bool roundsInput(const Format& f, int cols) {
  return !f.suffix.empty() && cols % (f.block == 32 ? 128 : 256) == 0;
}

inline double fixedStep(double largest) {
  return largest < std::ldexp(1.0, -80) ? std::ldexp(largest, -13) : largest / 32512;
}

// Limits of the errors of `products`: (batch, rows).
inline std::vector<double> productLimits(const Format& f, const Bytes& weights, const std::vector<double>& x, int rows, int cols) {
  size_t batch = x.size() / cols;
  std::vector<double> limits(batch * rows);
  for (size_t b = 0; b < batch; b++) {
    for (size_t r = 0; r < (size_t)rows; r++) {
      double most = 0, variance = 0, terms = 0;
      for (int set = 0; set < cols; set += 32) {
        double largest = 0, sum = 0, squares = 0;
        for (int i = set; i < set + 32; i++) {
          double in = std::abs(x[b * cols + i]);
          Parts w = parts(f, weights, r * cols + i);
          double weight = (double)w.product - w.minimum;
          largest = std::max(largest, in);
          sum += std::abs(weight);
          squares += weight * weight;
          terms += in * (std::abs(w.product) + std::abs(w.minimum));
        }
        double step = fixedStep(largest);
        most += step / 2 * sum;
        variance += step * step / 12 * squares;
      }
      limits[b * rows + r] = std::min(most, 6 * std::sqrt(variance)) + (4 + 41 + cols / 256) * ROUNDING * terms;
    }
  }
  return limits;
}

// What results are held against: their values, and either a limit for each, or the sizes that 2e-5 is relative to, as it is of
// products of floats.
struct Expected {
  std::vector<double> values;
  std::vector<double> sizes;
  std::vector<double> limits;

  Expected() {}
  explicit Expected(const std::vector<double>& products) : values(products), sizes(products) {}

  // Adds what is in floats.
  void add(size_t i, double bias, double before) {
    if (!limits.empty()) {
      limits[i] += 2 * ROUNDING * (std::abs(values[i]) + std::abs(bias) + std::abs(before));
    }
    sizes[i] = values[i] += bias + before;
  }

  // act(gate) * up by their limits. Activations have slopes of at most 1.13 and errors of a few last bits of their argument,
  // which may be far larger than they are.
  static Expected gated(int mode, const Expected& gate, const Expected& up) {
    Expected e;
    for (size_t i = 0; i < gate.values.size(); i++) {
      double g = gate.values[i], u = up.values[i], a = act(mode, g);
      e.values.push_back(a * u);
      e.sizes.push_back(g * u);
      if (!gate.limits.empty()) {
        double error = 1.13 * gate.limits[i] + 8 * ROUNDING * std::abs(g);
        e.limits.push_back(error * (std::abs(u) + up.limits[i]) + std::abs(a) * (up.limits[i] + 2 * ROUNDING * std::abs(u)));
      }
    }
    return e;
  }

  void check(const std::vector<float>& got, const std::string& what) const {
    if (limits.empty()) {
      expectClose(got, values, sizes, 2e-5, what);
      return;
    }
    double worst = 0;
    for (size_t i = 0; i < values.size(); i++) {
      double share = std::abs(got[i] - values[i]) / limits[i];
      worst = std::isnan(share) ? INFINITY : std::max(worst, share);
    }
    largestShare = std::max(largestShare, worst);
    expect(worst <= 1, what + ", in limits", worst);
  }
};

// Products of stored blocks, (batch, rows), as the kernels of few vectors are to give them.
inline Expected expectedProducts(
    const Format& f, const Bytes& weights, const std::vector<double>& x, int rows, int cols, bool exact = false) {
  Expected e(products(decoded(f, weights, (size_t)rows * cols), x, rows, cols));
  if (!exact && roundsInput(f, cols)) {
    e.limits = productLimits(f, weights, x, rows, cols);
  }
  return e;
}
