// What libjpeg says of a picture. TensorFlow's copy of it tells nobody but standard error, and whoever asks for a picture
// cannot give it another way: so standard error is a stream that knows in which thread a picture is being decoded.
#ifndef MANYHEADS_COMPLAINTS_H_
#define MANYHEADS_COMPLAINTS_H_

#include <string>

namespace manyheads {

/** While one of these lives, what its thread writes to C's `stderr` is kept in `said`, and not shown. */
class Complaints {
 public:
  explicit Complaints(std::string* said);
  ~Complaints();
  Complaints(const Complaints&) = delete;
  Complaints& operator=(const Complaints&) = delete;
};

}  // namespace manyheads

#endif  // MANYHEADS_COMPLAINTS_H_
