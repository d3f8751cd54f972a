// Compiled only into the binding that `npm run test:native` makes: a fault of each kind that the sanitizers are there to
// find, done when the binding is loaded. The script demands a report of each before it believes that there is nothing else.
#include <climits>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

volatile int sink;

void ReadBehindHeap() {
  volatile int size = 8;
  const volatile char* bytes = new char[size];
  sink = bytes[size];
}

void ReadFreed() {
  volatile char* bytes = static_cast<volatile char*>(std::malloc(8));
  std::free(const_cast<char*>(bytes));
  sink = bytes[0];
}

void OverflowInteger() {
  volatile int most = INT_MAX;
  sink = most + 1;
}

void CastTooLarge() {
  volatile double large = 1e20;
  sink = static_cast<int>(large);
}

void AskBeyondVector() {
  volatile int size = 4;
  const std::vector<int> values(size);
  sink = values[size];
}

void DeleteArray() {
  volatile int size = 8;
  const volatile char* bytes = new char[size];
  sink = bytes[0];
  delete bytes;
}

struct Fault {
  const char* name;
  void (*commit)();
};

constexpr Fault kFaults[] = {
    {"heap", ReadBehindHeap}, {"freed", ReadFreed},        {"integer", OverflowInteger},
    {"cast", CastTooLarge},   {"vector", AskBeyondVector}, {"delete", DeleteArray},
};

__attribute__((constructor)) void CommitPlantedFault() {
  const char* planted = std::getenv("MANYHEADS_PLANTED_FAULT");
  if (planted == nullptr) return;
  for (const Fault& fault : kFaults) {
    if (std::strcmp(fault.name, planted) == 0) fault.commit();
  }
}

}  // namespace
