// Functions that the compiler turns into vectors by itself, once for each length that processors have.
#ifndef MANYHEADS_PROCESSORS_H_
#define MANYHEADS_PROCESSORS_H_

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
// One function compiled for each of these; the loader picks what the processor has.
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

#endif  // MANYHEADS_PROCESSORS_H_
