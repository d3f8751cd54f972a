#include "read-file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace manyheads {

bool ReadFile(const std::string& path, int64_t most, std::vector<uint8_t>* bytes) {
  // O_NONBLOCK: a named pipe that nobody writes to would keep the thread here for ever; regular files do not know it.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return false;
  struct stat facts;
  size_t done = 0;
  if (fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size <= most) {
    bytes->resize(facts.st_size);
    while (done < bytes->size()) {
      const ssize_t count = read(file, bytes->data() + done, bytes->size() - done);
      if (count <= 0) break;
      done += count;
    }
  }
  close(file);
  return done > 0 && done == bytes->size();
}

}  // namespace manyheads
