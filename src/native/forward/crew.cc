// A crew of threads: crew.h.
#include "crew.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>

namespace manyheads {
namespace {

/** Looks at an empty board before a thread lets others have its core. */
constexpr int kPatience = 4000;

/** What the threads share. It stays until the last one has gone, as one may come when all is done. */
class Board {
 public:
  explicit Board(std::vector<Task> tasks) : tasks_(std::move(tasks)) {}

  void Lead() {
    for (size_t t = 0; t < tasks_.size(); t++) {
      left_.store(tasks_[t].chunks, std::memory_order_relaxed);
      next_.store(static_cast<uint64_t>(t) << 32, std::memory_order_release);
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
  /** Number of the task in the upper half, of the next chunk in the lower one. */
  std::atomic<uint64_t> next_{~uint64_t{0}};
  /** Chunks of the task that are not done. */
  std::atomic<int64_t> left_{0};
  std::atomic<int64_t> members_{1};
  std::atomic<bool> over_{false};

  /** Does a chunk. @returns false where all have been taken */
  bool WorkOn(int64_t member) {
    uint64_t seen = next_.load(std::memory_order_acquire);
    for (;;) {
      const uint64_t task = seen >> 32, chunk = seen & 0xffffffff;
      if (task >= tasks_.size() || static_cast<int64_t>(chunk) >= tasks_[task].chunks) return false;
      if (!next_.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel)) continue;
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

void RunTasks(tensorflow::OpKernelContext* context, std::vector<Task> tasks) {
  auto* workers = context->device()->tensorflow_cpu_worker_threads()->workers;
  const auto board = std::make_shared<Board>(std::move(tasks));
  for (int64_t i = MembersOf(context); i > 1; i--) workers->Schedule([board] { board->Help(); });
  board->Lead();
}

}  // namespace manyheads
