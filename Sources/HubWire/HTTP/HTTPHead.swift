/// One complete head: its bytes, and where its start line and fields lie in them.
struct HTTPHead: Sendable {
  var startLineCount: Int
  var fields: HTTPFields
  var known: HTTPKnownFields

  var bytes: [UInt8] { fields.bytes }
}
