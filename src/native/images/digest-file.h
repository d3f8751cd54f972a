#ifndef MANYHEADS_DIGEST_FILE_H_
#define MANYHEADS_DIGEST_FILE_H_

#include <string>

namespace manyheads {

/**
 * SHA-256 of a file's bytes (FIPS 180-4).
 * @param digest 64 digits, in hexadecimal
 * @returns false where the file cannot be read to its end or is empty
 */
bool DigestOf(const std::string& path, std::string* digest);

}  // namespace manyheads

#endif  // MANYHEADS_DIGEST_FILE_H_
