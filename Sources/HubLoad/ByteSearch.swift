import Glibc

/// Where `wanted` first stands in the bytes. The texts looked for begin with a byte that is rare in what is searched.
func find(
  _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ wanted: UnsafePointer<UInt8>, _ length: Int
) -> UnsafeMutablePointer<UInt8>? {
  guard length > 0 else { return bytes }
  var at = bytes
  var places = count - length + 1
  while places > 0, let hit = memchr(at, Int32(wanted[0]), places) {
    let found = hit.assumingMemoryBound(to: UInt8.self)
    if memcmp(found, wanted, length) == 0 { return found }
    places -= found - at + 1
    at = found + 1
  }
  return nil
}

func find(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ wanted: StaticString) -> UnsafeMutablePointer<UInt8>? {
  find(bytes, count, wanted.utf8Start, wanted.utf8CodeUnitCount)
}
