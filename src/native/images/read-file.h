#ifndef MANYHEADS_READ_FILE_H_
#define MANYHEADS_READ_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace manyheads {

/** @returns false where it is no regular file, is empty or longer than `most` bytes, or cannot be read to its end */
bool ReadFile(const std::string& path, int64_t most, std::vector<uint8_t>* bytes);

}  // namespace manyheads

#endif  // MANYHEADS_READ_FILE_H_
