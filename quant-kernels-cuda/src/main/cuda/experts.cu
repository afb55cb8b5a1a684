// Which experts see a token, and the sum of what they say.
#include "platform.cuh"

#define MOST_EXPERTS 1024

// A warp a token: softmax in double precision, then the largest share `used` times, the first of equal ones.
KERNEL(32, choose, (const float* logits, int count, int used, int normalized, int* experts, float* weights)) {
  in_turn();
  __shared__ double shares[MOST_EXPERTS];
  const float* row = logits + (i64)blockIdx.x * count;
  int lane = threadIdx.x;
  float largest = -INFINITY;
  for (int e = lane; e < count; e += WARP) {
    largest = fmaxf(largest, row[e]);
  }
  largest = warp_max(largest);
  double total = 0;
  for (int e = lane; e < count; e += WARP) {
    shares[e] = exp((double)(row[e] - largest));
    total += shares[e];
  }
  for (int mask = 16; mask > 0; mask >>= 1) {
    total += __shfl_xor_sync(ALL_LANES, total, mask);
  }
  for (int e = lane; e < count; e += WARP) {
    shares[e] /= total;
  }
  __syncwarp();
  double sum = 0;
  for (int k = 0; k < used; k++) {
    double best = -2;
    int at = MOST_EXPERTS;
    for (int e = lane; e < count; e += WARP) {
      if (shares[e] > best) {
        best = shares[e];
        at = e;
      }
    }
    for (int mask = 16; mask > 0; mask >>= 1) {
      double other = __shfl_xor_sync(ALL_LANES, best, mask);
      int otherAt = __shfl_xor_sync(ALL_LANES, at, mask);
      if (other > best || (other == best && otherAt < at)) {
        best = other;
        at = otherAt;
      }
    }
    at = at < count ? at : 0; // only if no share is a number
    sum += best;
    __syncwarp();
    if (lane == 0) {
      experts[(i64)blockIdx.x * used + k] = at;
      weights[(i64)blockIdx.x * used + k] = (float)best;
      shares[at] = -1;
    }
    __syncwarp();
  }
  for (int k = lane; normalized && k < used; k += WARP) {
    float* weight = weights + (i64)blockIdx.x * used + k;
    *weight = (float)(*weight / sum);
  }
}

// out[b] = sum of weights[b][k] * x[b][k]; one element a thread.
KERNEL(256, mix, (const int* experts, const float* weights, const float* x, int used, int dim, int mode, float* out)) {
  in_turn();
  int i = (int)(blockIdx.x * 256 + threadIdx.x);
  if (i >= dim) {
    return;
  }
  i64 token = blockIdx.y;
  float sum = 0;
  for (int k = 0; k < used; k++) {
    sum += weights[token * used + k] * x[(token * used + k) * dim + i];
  }
  float* to = out + token * dim + i;
  *to = mode == 1 ? *to + sum : sum;
}
