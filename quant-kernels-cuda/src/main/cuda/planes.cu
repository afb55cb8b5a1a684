// Blocks as files hold them to the order that the module reads.
#include "weights.cuh"

#ifdef FORMAT_IS_REORDERED
// Blocks first .. first + count of a matrix of `blocks`; a warp a block.
KERNEL(256, planes, (const u8* source, u8* target, i64 blocks, i64 first, i64 count)) {
  in_turn();
  i64 b = (i64)blockIdx.x * 8 + threadIdx.x / WARP;
  if (b >= count) {
    return;
  }
  for (int at = threadIdx.x % WARP; at < FORMAT::BYTES; at += WARP) {
    FORMAT::scatter(source + b * FORMAT::BYTES, target, blocks, first + b, at);
  }
}
#endif
