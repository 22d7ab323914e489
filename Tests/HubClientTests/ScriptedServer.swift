import HubIO
import HubWire

@testable import HubClient

/// A server that answers each request as its script says: a hub at its worst moment.
final class ScriptedServer: Sendable {
  enum Step {
    /// The connection stands afterwards.
    case answer(String)
    /// Sends this and cuts the connection.
    case cut(after: String)
    case silence
  }

  let url: HubURL
  private let script: @Sendable (Int) -> Step
  private let heard = Lock<[[UInt8]]>([])

  /// Every request as it came, over all connections.
  var requests: [[UInt8]] { heard.withLock { $0 } }

  /// - Parameter script: what becomes of the n-th request, counted from 0.
  init(script: @escaping @Sendable (Int) -> Step) async throws {
    self.script = script
    let descriptor = try Listener.open(SocketAddress.resolve(host: "127.0.0.1", port: 0)[0], isExclusive: false)
    url = try HubURL("http://\(SocketAddress.local(of: descriptor)!)")
    await ClientReactor.perform { reactor in
      let listener = Listener(descriptor: descriptor, reactor: reactor) { [self] descriptor, _ in
        let channel = Channel(descriptor: descriptor, reactor: reactor)
        reactor.add(channel)
        let wire = Wire(channel: channel, reactor: reactor)
        Task(executorPreference: reactor) { await self.serve(wire) }
      }
      reactor.add(listener, edgeTriggered: false)
    }
  }

  private func serve(_ wire: Wire) async {
    var received: [UInt8] = []
    while await receive(on: wire, &received) {
      while let request = Self.takeRequest(&received) {
        let number = heard.withLock { heard in
          heard.append(request)
          return heard.count - 1
        }
        switch script(number) {
        case .answer(let text): wire.send(Array(text.utf8))
        case .cut(let text):
          wire.send(Array(text.utf8))
          await wire.channel.waitDrained()
          return wire.close()
        case .silence: break
        }
      }
    }
    wire.close()
  }

  /// - Returns: false at the end of the connection.
  private func receive(on wire: Wire, _ received: inout [UInt8]) async -> Bool {
    while true {
      switch wire.receive({ received.append($0) }) {
      case .result: return true
      case .nothing: await wire.channel.waitReadable()
      case .end: return false
      }
    }
  }

  /// One request: its head, and the body that `Content-Length` tells of, or that comes in chunks to its end.
  private static func takeRequest(_ received: inout [UInt8]) -> [UInt8]? {
    let text = String(decoding: received, as: UTF8.self)
    guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
    let head = text[..<end.lowerBound].lowercased()
    if head.contains("transfer-encoding: chunked") {
      guard text[end.upperBound...].hasSuffix("\r\n0\r\n\r\n") else { return nil }
      defer { received = [] }
      return received
    }
    let field = head.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
    let length = field.flatMap { Int($0.dropFirst("content-length: ".count)) } ?? 0
    let count = text[..<end.upperBound].utf8.count + length
    guard received.count >= count else { return nil }
    defer { received.removeFirst(count) }
    return Array(received[..<count])
  }

  /// An answer as a hub gives it.
  static func answer(_ status: String, _ body: String, fields: String = "") -> String {
    "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  static let receipt = #"{"room":"a","position":"e-1","offset":1,"subscribers":2,"duplicate":false}"#
  static let created = answer("201 Created", receipt)
  static let unavailable = answer(
    "503 Service Unavailable",
    #"{"status":503,"code":"ENGINE_UNAVAILABLE","detail":"the disk is full","temporary":true}"#,
    fields: "Retry-After: 0\r\n")
}
