package io.quant4j.core.kernel;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.AttentionShape;

/**
 * Attention on host memory. Positions are taken in blocks of a fixed length, each by an online
 * softmax of its own, and the blocks are put together in their order. So a row's result is the same
 * whether one thread goes through all blocks or several threads through some, and whatever rows are
 * computed with it.
 *
 * @param plain kernel without soft caps
 * @param capped kernel with soft caps
 */
record HostAttention(AttentionKernel plain, AttentionKernel capped, ThreadTeam team) {
  private static final int TILE = AttentionKernel.TILE;

  /** Positions of a block. */
  static final int BLOCK = 8 * TILE;

  /** Rows that go through keys and values together. */
  private static final int ROWS = 32;

  /** Products of queries with keys below which calling the team costs more than it brings. */
  private static final long SMALL = 100_000;

  /** The attention of one call. */
  private record Call(
      AttentionKernel kernel,
      AttentionShape shape,
      float[] query,
      int queryOffset,
      HostCache cache,
      int firstPosition,
      HostBuffer out) {

    /** First block that a row attends to. */
    int firstBlock(int row) {
      int window = shape.window();
      return window == 0 ? 0 : Math.max(0, firstPosition + row + 1 - window) / BLOCK;
    }

    /** Behind the last block that a row attends to. */
    int endBlock(int row) {
      return (firstPosition + row) / BLOCK + 1;
    }

    /** Rows {@code row <= r < row + rows} of the group of one key/value head. */
    void rows(int kvHead, int row, int rows, int thread) {
      AttentionScratch.OfThread own = cache.scratch().of(thread, shape, rows);
      int queries = rows * shape.groupSize();
      own.total.clear(0, queries, shape.headDim());
      for (int block = firstBlock(row); block < endBlock(row + rows - 1); block++) {
        own.block.clear(0, queries, shape.headDim());
        block(kvHead, row, rows, block, own);
        own.total.add(own.block, 0, 0, queries, shape.headDim());
      }
      write(own.total, kvHead, row, rows);
    }

    /** Takes the tiles of a block into the block's state. */
    void block(int kvHead, int row, int rows, int block, AttentionScratch.OfThread own) {
      int at = queryOffset + row * shape.queryDim() + kvHead * shape.groupSize() * shape.headDim();
      int position = firstPosition + row;
      int last = Math.min(block * BLOCK + BLOCK, position + rows);
      for (int first = block * BLOCK; first < last; first += TILE) {
        boolean inWindow = shape.window() == 0 || first + TILE > position + 1 - shape.window();
        if (inWindow) {
          cache.keys().keys(kvHead, first / TILE, own.keys, own.unordered);
          cache.values().values(kvHead, first / TILE, own.values);
          kernel.take(
              shape,
              query,
              at,
              rows,
              own.keys,
              own.values,
              position + 1 - first,
              own.block.largest,
              own.block.weights,
              own.block.sums,
              own.scores);
        }
      }
    }

    /** Turns weighted sums into weighted means. */
    void write(AttentionScratch.State state, int kvHead, int row, int rows) {
      int group = shape.groupSize();
      int headDim = shape.headDim();
      for (int j = 0; j < rows * group; j++) {
        int head = kvHead * group + j % group;
        int to = out.offset() + (row + j / group) * shape.queryDim() + head * headDim;
        float weight = state.weights[j];
        for (int i = 0; i < headDim; i++) {
          out.data()[to + i] = state.sums[j * headDim + i] / weight;
        }
        Hadamard.rotate(out.data(), to, headDim, cache.valueRotation());
      }
    }
  }

  void attend(
      AttentionShape shape,
      HostBuffer q,
      HostCache cache,
      int firstPosition,
      int batch,
      HostBuffer out) {
    Call call = call(shape, q, cache, firstPosition, batch, out);
    int kvHeads = shape.kvHeads();
    int blocks = call.endBlock(0) - call.firstBlock(0);
    long products = (long) batch * (firstPosition + batch) * shape.queryDim();
    if (products < SMALL) {
      for (int kvHead = 0; kvHead < kvHeads; kvHead++) {
        for (int row = 0; row < batch; row += ROWS) {
          rows(call, kvHead, row, batch, 0);
        }
      }
    } else if (batch == 1 && blocks > 1 && kvHeads < 2 * team.size()) {
      overBlocks(call, blocks);
    } else {
      int pieces = (batch + ROWS - 1) / ROWS;
      team.run(
          kvHeads * pieces,
          (chunk, thread) -> rows(call, chunk / pieces, chunk % pieces * ROWS, batch, thread));
    }
  }

  private Call call(
      AttentionShape shape,
      HostBuffer q,
      HostCache cache,
      int firstPosition,
      int batch,
      HostBuffer out) {
    AttentionKernel kernel = shape.softCap() > 0 ? capped : plain;
    if (cache.keyRotation() == 0) {
      return new Call(kernel, shape, q.data(), q.offset(), cache, firstPosition, out);
    }
    int elements = batch * shape.queryDim();
    float[] rotated = cache.scratch().query(elements);
    System.arraycopy(q.data(), q.offset(), rotated, 0, elements);
    Hadamard.rotate(rotated, 0, elements, cache.keyRotation());
    return new Call(kernel, shape, rotated, 0, cache, firstPosition, out);
  }

  private static void rows(Call call, int kvHead, int row, int batch, int thread) {
    call.rows(kvHead, row, Math.min(ROWS, batch - row), thread);
  }

  /** One row of which each thread takes some blocks of some heads. */
  private void overBlocks(Call call, int blocks) {
    AttentionShape shape = call.shape();
    int group = shape.groupSize();
    int headDim = shape.headDim();
    int kvHeads = shape.kvHeads();
    AttentionScratch scratch = call.cache().scratch();
    AttentionScratch.State states = scratch.blocks;
    states.reserve(kvHeads * blocks * group, headDim);
    team.run(
        kvHeads * blocks,
        (chunk, thread) -> {
          AttentionScratch.OfThread own = scratch.of(thread, shape, 1);
          own.block.clear(0, group, headDim);
          call.block(chunk / blocks, 0, 1, call.firstBlock(0) + chunk % blocks, own);
          states.set(own.block, chunk * group, group, headDim);
        });
    AttentionScratch.State total = scratch.of(0, shape, 1).total;
    for (int kvHead = 0; kvHead < kvHeads; kvHead++) {
      total.clear(0, group, headDim);
      for (int block = 0; block < blocks; block++) {
        total.add(states, (kvHead * blocks + block) * group, 0, group, headDim);
      }
      call.write(total, kvHead, 0, 1);
    }
  }
}
