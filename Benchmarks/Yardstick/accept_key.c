// The WebSocket accept key: base64(SHA-1(key + GUID)), kept here so that the yardstick needs no library.
// Only the handshake uses this SHA-1, for which RFC 6455 asks; it is not for protecting anything.
#include "accept_key.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST_KEY = 64 };
static const char GUID[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

static inline uint32_t rotated(uint32_t value, int bits) { return (value << bits) | (value >> (32 - bits)); }

/// One 64-byte block of SHA-1 (RFC 3174 section 6.1).
static void sha1_block(uint32_t h[5], const uint8_t *block) {
  uint32_t w[80];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 80; i++) w[i] = rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
  for (int i = 0; i < 80; i++) {
    uint32_t f, k;
    if (i < 20) f = (b & c) | (~b & d), k = 0x5A827999;
    else if (i < 40) f = b ^ c ^ d, k = 0x6ED9EBA1;
    else if (i < 60) f = (b & c) | (b & d) | (c & d), k = 0x8F1BBCDC;
    else f = b ^ c ^ d, k = 0xCA62C1D6;
    uint32_t t = rotated(a, 5) + f + e + k + w[i];
    e = d, d = c, c = rotated(b, 30), b = a, a = t;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

static void sha1(const uint8_t *message, size_t length, uint8_t digest[20]) {
  uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  uint8_t padded[192] = {0};
  size_t total = ((length + 8) / 64 + 1) * 64;
  memcpy(padded, message, length);
  padded[length] = 0x80;
  for (int i = 0; i < 8; i++) padded[total - 1 - i] = (uint8_t)((uint64_t)length * 8 >> (8 * i));
  for (size_t at = 0; at < total; at += 64) sha1_block(h, padded + at);
  for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static int base64(const uint8_t *in, int length, char *out) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  int count = 0;
  for (int i = 0; i < length; i += 3) {
    uint32_t v = (uint32_t)in[i] << 16 | (uint32_t)(i + 1 < length ? in[i + 1] : 0) << 8 | (i + 2 < length ? in[i + 2] : 0);
    out[count++] = letters[v >> 18];
    out[count++] = letters[(v >> 12) & 63];
    out[count++] = i + 1 < length ? letters[(v >> 6) & 63] : '=';
    out[count++] = i + 2 < length ? letters[v & 63] : '=';
  }
  return count;
}

int accept_key(const char *key, int length, char *out) {
  uint8_t message[LONGEST_KEY + sizeof GUID], digest[20];
  if (length > LONGEST_KEY) length = LONGEST_KEY;
  memcpy(message, key, (size_t)length);
  memcpy(message + length, GUID, sizeof GUID - 1);
  sha1(message, (size_t)length + sizeof GUID - 1, digest);
  return base64(digest, 20, out);
}
