#pragma once

/// Writes the Sec-WebSocket-Accept value (RFC 6455 section 4.2.2) for a Sec-WebSocket-Key of `length` bytes into `out`, which has
/// room for 32, and returns its length, 28. A key longer than 64 bytes is cut off: no valid one is.
int accept_key(const char *key, int length, char *out);
