// Threads that go through a list of tasks together. TensorFlow's own way to divide work wakes its threads anew for each
// layer, which for one image takes longer than many a layer does. Here the threads stay awake from the first task to the last.
#ifndef MANYHEADS_FORWARD_CREW_H_
#define MANYHEADS_FORWARD_CREW_H_

#include <cstdint>
#include <functional>
#include <vector>

namespace tensorflow {
class OpKernelContext;
}

namespace manyheads {

/** Work in chunks that any thread may do, in any order. The next task begins when all are done. */
struct Task {
  int64_t chunks;
  /** @param member number of the thread, from 0 */
  std::function<void(int64_t chunk, int64_t member)> run;
};

/** Most threads that will ever come. */
int64_t MembersOf(tensorflow::OpKernelContext* context);

/**
 * Does all tasks. The caller's thread goes on alone where TensorFlow's threads are busy with something else.
 * @param alone for work that is done before another thread is awake
 */
void RunTasks(tensorflow::OpKernelContext* context, std::vector<Task> tasks, bool alone);

}  // namespace manyheads

#endif  // MANYHEADS_FORWARD_CREW_H_
