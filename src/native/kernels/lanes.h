// How long a kernel's vectors are: as long as the processor has them, or as the attribute `lanes` says.
#ifndef MANYHEADS_LANES_H_
#define MANYHEADS_LANES_H_

#include <cstdint>

#include "tensorflow/core/framework/op_kernel.h"

namespace manyheads {

/** Floats of a vector of this processor. */
inline int64_t LanesHere() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return 16;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 8;
#endif
  return 4;
}

/** Floats of a vector of this kernel; 0 and a failed construction where the processor has none of that length. */
inline int64_t ReadLanes(tensorflow::OpKernelConstruction* construction) {
  int64_t lanes = 0;
  const absl::Status status = construction->GetAttr("lanes", &lanes);
  const bool known = status.ok() && (lanes == 0 || lanes == 4 || lanes == 8 || lanes == 16);
  if (!known || lanes > LanesHere()) {
    construction->CtxFailure(
        tensorflow::errors::InvalidArgument("this processor has no vectors of ", lanes, " floats"));
    return 0;
  }
  return lanes == 0 ? LanesHere() : lanes;
}

}  // namespace manyheads

#endif  // MANYHEADS_LANES_H_
