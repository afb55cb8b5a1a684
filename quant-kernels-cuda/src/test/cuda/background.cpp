#include "background.h"

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

#include "accesses.h"
#include "clocks.h"
#include "emulation.h"
#include "findings.h"

namespace emulation {
namespace {

struct Copy {
  void* to;
  const void* from;
  unsigned bytes;
  unsigned wanted;
};
typedef std::vector<Copy> Copies;

// What a product reads: 32 bytes of each of `rows` of a panel, whose 16-byte pieces are permuted by bits of their address.
struct Slice {
  uintptr_t panel;
  unsigned rows;

  static uintptr_t permuted(uintptr_t at) { return at ^ (at >> 7 & 7) << 4; }
  bool has(uintptr_t at, size_t bytes) const {
    if (bytes > 16) { // rows as a whole
      uintptr_t begin = panel / 128 * 128;
      return at < begin + rows * 128 && at + bytes > begin;
    }
    uintptr_t offset = permuted(at) - panel;
    return offset < rows * 128 && offset % 128 < 32;
  }
};
typedef std::vector<Slice> Slices;

// Groups in the order in which they were ended, and what is not yet in one.
template <class T>
struct Groups {
  std::deque<std::vector<T>> ended;
  std::vector<T> open;

  void end() {
    ended.push_back(std::move(open));
    open.clear();
  }
  bool isEmpty() const {
    return open.empty() && std::all_of(ended.begin(), ended.end(), [](const std::vector<T>& group) { return group.empty(); });
  }
};

std::vector<Groups<Copy>> copies;             // by thread
std::vector<Groups<Slice>> products;          // by warp
std::map<const void*, Copies> bulk;           // by barrier
size_t running; // slices

void make(const Copy& c, unsigned actor) {
  memcpy(c.to, c.from, c.wanted);
  memset((char*)c.to + c.wanted, 0, c.bytes - c.wanted);
  copyLanded(c.to, c.from, c.bytes, c.wanted, actor);
}

bool leads() { return here.thread.x % 32 == 0; } // a product is its warp's

void readSlice(const Slice& s) {
  for (unsigned i = 0; i < s.rows * 2; i++) {
    accesses((const void*)Slice::permuted(s.panel + i / 2 * 128 + i % 2 * 16), 16, PRODUCT);
  }
}

}  // namespace

void copyBegins(void* shared, const void* global, unsigned bytes, unsigned wanted) {
  copyOnItsWay(shared, global, bytes, wanted, here.thread.x);
  copies[here.thread.x].open.push_back({shared, global, bytes, wanted});
}

void copiesEnd() { copies[here.thread.x].end(); }

void copiesWait(unsigned pending) {
  auto& groups = copies[here.thread.x].ended;
  for (; groups.size() > pending; groups.pop_front()) {
    for (const Copy& c : groups.front()) {
      make(c, here.thread.x);
    }
  }
}

int bulkCopyBegins(void* shared, const void* global, int bytes, const void* barrier) {
  copyOnItsWay(shared, global, (size_t)bytes, (size_t)bytes, actorOf(barrier));
  bulk[barrier].push_back({shared, global, (unsigned)bytes, (unsigned)bytes});
  return 0;
}

int bulkCopiesOf(const void* barrier) {
  int bytes = 0;
  for (const Copy& c : bulk[barrier]) {
    make(c, actorOf(barrier));
    bytes += (int)c.bytes;
  }
  bulk[barrier].clear();
  return bytes;
}

void productReads(uintptr_t panel, unsigned rows) {
  if (leads()) {
    Slice slice = {panel, rows};
    readSlice(slice);
    products[here.thread.x / 32].open.push_back(slice);
    running++;
  }
}

void productsEnd() {
  if (leads()) {
    products[here.thread.x / 32].end();
  }
}

// It was read until now.
void productsWait(unsigned pending) {
  if (leads()) {
    auto& groups = products[here.thread.x / 32].ended;
    for (; groups.size() > pending; groups.pop_front()) {
      running -= groups.front().size();
      for (const Slice& s : groups.front()) {
        readSlice(s);
      }
    }
  }
}

bool productsRead(uintptr_t at, size_t bytes) {
  auto has = [=](const Slices& slices) {
    return std::any_of(slices.begin(), slices.end(), [=](const Slice& s) { return s.has(at, bytes); });
  };
  return running > 0 && std::any_of(products.begin(), products.end(), [&](const Groups<Slice>& of) {
    return has(of.open) || std::any_of(of.ended.begin(), of.ended.end(), has);
  });
}

void threadEnds() {
  if (!copies[here.thread.x].isEmpty()) {
    found("synccheck", "a thread ends before its copies in the background are there");
  }
  if (leads() && !products[here.thread.x / 32].isEmpty()) {
    found("synccheck", "a warp ends before its products are made");
  }
}

void backgroundBegins(unsigned threads) {
  copies.assign(threads, {});
  products.assign((threads + 31) / 32, {});
  bulk.clear();
  running = 0;
}

void blockEnds() {
  for (const auto& entry : bulk) {
    if (!entry.second.empty()) {
      found("synccheck", "a block ends before its bulk copies are there");
    }
  }
}

}  // namespace emulation
