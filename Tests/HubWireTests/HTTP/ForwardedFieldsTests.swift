import HubWire
import Testing

@Suite struct ForwardedFieldsTests {
  private static let trusted = [IPNetwork("10.0.0.0/8")!, IPNetwork("fd00::/8")!]

  /// The client of a request that came from 10.0.0.1 with these fields.
  private static func client(_ fields: [(String, String)], in field: ForwardedField = .plain) -> String {
    var all = HTTPFields()
    for (name, value) in fields { all.append(name, value) }
    let peer = IPAddress("10.0.0.1")!
    return ForwardedFields.client(of: all, in: field, from: peer) { trusted.contain($0) }.description
  }

  private static func forwarded(_ values: String...) -> String {
    client(values.map { ("Forwarded", $0) }, in: .standard)
  }

  private static func listed(_ values: String...) -> String { client(values.map { ("X-Forwarded-For", $0) }) }

  private static let peer = "10.0.0.1"

  /// RFC 7239 sections 4, 6 and 7.1.
  @Test(arguments: [
    ("for=\"_gazonk\"", peer), ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
    ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"), ("for=192.0.2.43, for=198.51.100.17", "198.51.100.17"),
    ("for=_hidden, for=_SEVKISEK", peer), ("for=\"192.0.2.43:47011\"", "192.0.2.43"),
    ("for=\"[2001:db8:cafe::17]:47011\"", "2001:db8:cafe::17"), ("for=unknown", peer),
    ("for=\"[2001:db8:cafe::17]\"", "2001:db8:cafe::17"), ("proto=https;for=\"192.0.2.43:_port.x\"", "192.0.2.43"),
    ("for=192.0.2.43,for=\"[2001:db8:cafe::17]\",for=unknown", peer),
  ])
  func `the examples of the standard`(value: String, client: String) {
    #expect(Self.forwarded(value) == client)
  }

  @Test func `the last address that is not trusted is the client`() {
    #expect(Self.forwarded("for=1.1.1.1, for=2.2.2.2, for=10.9.9.9, for=\"[fd00::7]\"") == "2.2.2.2")
    #expect(Self.forwarded("for=1.1.1.1", "for=2.2.2.2;host=a", "for=10.9.9.9") == "2.2.2.2")
    #expect(Self.listed("1.1.1.1, 2.2.2.2 ,10.9.9.9,,fd00::7,") == "2.2.2.2")
    #expect(Self.listed("1.1.1.1,2.2.2.2", "10.9.9.9") == "2.2.2.2")
    #expect(Self.listed("1.1.1.1, ::ffff:10.2.3.4") == "1.1.1.1")
  }

  @Test func `where all are trusted, the first one is the client`() {
    #expect(Self.listed("10.1.1.1, 10.2.2.2") == "10.1.1.1")
    #expect(Self.forwarded("for=\"[fd00::1]\",for=10.2.2.2") == "fd00::1")
  }

  @Test func `without the fields the peer is the client`() {
    #expect(Self.client([]) == Self.peer)
    #expect(Self.client([("X-Real-IP", "1.1.1.1"), ("X-Forwarded-Host", "a")]) == Self.peer)
    #expect(Self.listed("") == Self.peer)
    #expect(Self.listed(" , ,") == Self.peer)
  }

  @Test(arguments: [
    "unknown", "_hidden", "1.1.1", "256.1.1.1", "1.1.1.1:", "1.1.1.1:x", "1.1.1.1:123456", "[::1", "[::1]x", "[::1]:",
    "[1.1.1.1]", "::1:80:", "fe80::1%eth0", "\"1.1.1.1\"", "1.1.1.1 2.2.2.2", "for=1.1.1.1", "1.1.1.1;2",
  ])
  func `what is no address ends the way back at the last one known`(element: String) {
    #expect(Self.listed("9.9.9.9, \(element)") == Self.peer)
    #expect(Self.listed("9.9.9.9, \(element), 10.2.2.2") == "10.2.2.2")
  }

  @Test(arguments: [
    "for", "for=", "for=\"\"", "for=\"1.1.1.1", "for=1.1.1.1\"", "for=\"1.1.1.1\"x", "for=1.1.1.1;for=2.2.2.2",
    "proto=http",
    "for=2001:db8::1", "for=[2001:db8::1", "by=1.1.1.1", "for=\"2001:db8::1\"", "1.1.1.1", "for = 1.1.1.1",
  ])
  func `an element without one address ends the way back`(element: String) {
    #expect(Self.forwarded("for=9.9.9.9", element) == Self.peer)
    #expect(Self.forwarded("for=9.9.9.9, \(element), for=10.2.2.2") == "10.2.2.2")
  }

  @Test func `quoted strings hold commas, semicolons and escapes`() {
    #expect(Self.forwarded("for=9.9.9.9, host=\"a,b;for=3.3.3.3\";for=1.1.1.1") == "1.1.1.1")
    #expect(Self.forwarded("for=9.9.9.9, host=\"a\\\",\\\\\";for=1.1.1.1") == "1.1.1.1")
    #expect(Self.forwarded("for=1.1.1.1;host=\"a,\\\"b\"") == "1.1.1.1")
    #expect(Self.forwarded("for=\"1.1\\.1.1\"") == "1.1.1.1")
    #expect(Self.forwarded("FOR=1.1.1.1 ; proto=http") == "1.1.1.1")
  }

  /// What a client sends stands before what the proxy adds, and must not change how that is read.
  @Test(arguments: [
    "\"", "for=\"", "for=\"a", "for=\"\\", "\\", ",", ";;", "for=\"9.9.9.9, for=9.9.9.9", "x\"y\"z\"", "for=9.9.9.9",
  ])
  func `nothing that a client begins with hides what the proxy adds`(start: String) {
    #expect(Self.forwarded("\(start), for=1.1.1.1") == "1.1.1.1")
    #expect(Self.forwarded("\(start), for=\"[2001:db8::1]:80\";proto=\"a,b\"") == "2001:db8::1")
    #expect(Self.forwarded(start, "for=1.1.1.1") == "1.1.1.1")
    #expect(Self.listed("\(start), 1.1.1.1") == "1.1.1.1")
    #expect(Self.listed(start, "1.1.1.1:80") == "1.1.1.1")
  }

  @Test func `an element that is longer than any honest one ends the way back`() {
    let long = String(repeating: "\\\"", count: 8000)
    #expect(Self.forwarded("for=9.9.9.9, \(long)") == Self.peer)
    #expect(Self.forwarded("for=9.9.9.9, \(long), for=10.2.2.2") == "10.2.2.2")
    #expect(Self.listed("9.9.9.9, \(String(repeating: "1", count: 600)), 10.2.2.2") == "10.2.2.2")
  }

  @Test func `only the field that the proxies write is read`() {
    let both = [("X-Forwarded-For", "1.1.1.1"), ("Forwarded", "for=2.2.2.2")]
    #expect(Self.client(both, in: .plain) == "1.1.1.1")
    #expect(Self.client(both, in: .standard) == "2.2.2.2")
    #expect(Self.client([both[0]], in: .standard) == Self.peer)
    #expect(Self.client([both[1]], in: .plain) == Self.peer)
  }
}
