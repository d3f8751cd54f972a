// A crew of threads: crew.h.
#include "crew.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "tensorflow/core/framework/op_kernel.h"

namespace manyheads {
namespace {

/** Looks at an empty board before a thread lets others have its core. */
constexpr int kPatience = 500;

/** Chunks of a task that lie side by side, of which a member takes first what is his, and then what others have left. */
struct alignas(64) Share {
  /** Number of the task in the upper half, of the next chunk in the lower one. */
  std::atomic<uint64_t> next{~uint64_t{0}};
};

/** What the threads have in common. It stays until the last one has gone, as one may come when all is done. */
class Board {
 public:
  Board(std::vector<Task> tasks, int64_t members) : tasks_(std::move(tasks)), shares_(members) {}

  void Lead() {
    for (size_t t = 0; t < tasks_.size(); t++) {
      left_.store(tasks_[t].chunks, std::memory_order_relaxed);
      for (size_t m = 0; m < shares_.size(); m++) {
        shares_[m].next.store(static_cast<uint64_t>(t) << 32 | FirstOf(t, m), std::memory_order_release);
      }
      while (WorkOn(0)) {
      }
      Wait wait;
      while (left_.load(std::memory_order_acquire) > 0) wait.Once();
    }
    over_.store(true, std::memory_order_release);
  }

  void Help() {
    const int64_t member = members_.fetch_add(1);
    Wait wait;
    while (!over_.load(std::memory_order_acquire)) {
      if (WorkOn(member)) {
        wait = Wait();
      } else {
        wait.Once();
      }
    }
  }

 private:
  struct Wait {
    int times = 0;
    void Once() {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
      if (++times > kPatience) std::this_thread::yield();
    }
  };

  const std::vector<Task> tasks_;
  std::vector<Share> shares_;
  /** Chunks of the task that are not done. */
  std::atomic<int64_t> left_{0};
  std::atomic<int64_t> members_{1};
  std::atomic<bool> over_{false};

  uint64_t FirstOf(size_t task, size_t member) const { return tasks_[task].chunks * member / shares_.size(); }

  /** Does a chunk. @returns false where all have been taken */
  bool WorkOn(int64_t member) {
    for (size_t i = 0; i < shares_.size(); i++) {
      if (TakeFrom((member + i) % shares_.size(), member)) return true;
    }
    return false;
  }

  bool TakeFrom(size_t share, int64_t member) {
    std::atomic<uint64_t>& next = shares_[share].next;
    uint64_t seen = next.load(std::memory_order_acquire);
    for (;;) {
      const uint64_t task = seen >> 32, chunk = seen & 0xffffffff;
      if (task >= tasks_.size() || chunk >= FirstOf(task, share + 1)) return false;
      if (!next.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel)) continue;
      tasks_[task].run(static_cast<int64_t>(chunk), member);
      left_.fetch_sub(1, std::memory_order_acq_rel);
      return true;
    }
  }
};

}  // namespace

int64_t MembersOf(tensorflow::OpKernelContext* context) {
  return std::max(1, context->device()->tensorflow_cpu_worker_threads()->num_threads);
}

void RunTasks(tensorflow::OpKernelContext* context, std::vector<Task> tasks, bool alone) {
  auto* workers = context->device()->tensorflow_cpu_worker_threads()->workers;
  const auto board = std::make_shared<Board>(std::move(tasks), MembersOf(context));
  for (int64_t i = alone ? 1 : MembersOf(context); i > 1; i--) workers->Schedule([board] { board->Help(); });
  board->Lead();
}

}  // namespace manyheads
