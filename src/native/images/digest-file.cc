#include "digest-file.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "read-file.h"

// Of OpenSSL, which Node has within it for addons too; these two are the same in its versions 1.1 and 3.
extern "C" {
struct evp_md_st;
struct engine_st;
const evp_md_st* EVP_sha256();
int EVP_Digest(const void* data, size_t count, unsigned char* digest, unsigned* length, const evp_md_st* type,
               engine_st* engine);
}

namespace manyheads {

bool DigestOf(const std::string& path, std::string* digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::vector<uint8_t> bytes;
  if (!ReadFile(path, std::numeric_limits<int64_t>::max(), &bytes)) return false;
  // As many as OpenSSL's longest digest needs.
  unsigned char sum[64];
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), sum, &length, EVP_sha256(), nullptr) != 1) return false;
  for (unsigned i = 0; i < length; i++) {
    digest->push_back(kDigits[sum[i] >> 4]);
    digest->push_back(kDigits[sum[i] & 15]);
  }
  return true;
}

}  // namespace manyheads
