import HubIO
import HubWire

/// Who the client is, where a trusted proxy stands in between.
extension Connection {
  /// Reads the PROXY protocol header that the peer owes, and leaves what is behind it in the socket, be it TLS or HTTP.
  ///
  /// It may take as long as a request's head; the deadline that is set closes the channel.
  ///
  /// - Returns: false where there is none, and the connection is over.
  func readProxyHeader() async -> Bool {
    var seen = 0
    while true {
      switch channel.peek(ProxyProtocolHeader.longest, seen: seen) {
      case .bytes(let count):
        seen = count
        do throws(ProxyProtocolError) {
          guard let header = try proxyHeader(count) else { continue }
          return adopt(header)
        } catch {
          refuseProxyHeader(error.reason)
          return false
        }
      case .nothing: await channel.waitReadable()
      case .end:
        // Connecting and leaving without a word is how balancers look whether somebody listens.
        if seen > 0 { refuseProxyHeader("the PROXY protocol header was not completed") }
        return false
      }
    }
  }

  private func proxyHeader(_ count: Int) throws(ProxyProtocolError) -> ProxyProtocolHeader? {
    let received = UnsafeRawBufferPointer(start: reactor.receiveBuffer.baseAddress, count: count)
    return try ProxyProtocolHeader.read(received.bindMemory(to: UInt8.self).span)
  }

  private func adopt(_ header: ProxyProtocolHeader) -> Bool {
    channel.skip(header.byteCount)
    if let source = header.source { clientAddress = source }
    proxy = TrustedProxy.relayed(header.source, worker.policy.settings.proxies)
    setDeadline(.head, after: node.settings.headers.time)
    return countAddress()
  }

  /// A client that was named by a header counts among the connections of its own address.
  /// - Returns: false where so many are refused already that there is no time to tell it.
  private func countAddress() -> Bool {
    guard place == nil, refusal == nil else { return true }
    (place, refusal) = worker.place(for: clientAddress)
    if let refusal { worker.statistics.refused[refusal] += 1 }
    return refusal == nil || place != nil
  }

  /// A stream behind a proxy that speaks HTTP counts among the connections of its own client, whom its request names.
  /// - Returns: why there shall be none.
  func countStream() -> HubError? {
    guard proxy != nil, place == nil else { return refusal?.refusal }
    let (place, refusal) = worker.place(for: clientAddress)
    self.place = place
    if let refusal { worker.statistics.refused[refusal] += 1 }
    return refusal?.refusal
  }

  /// There is no stream after all: the proxy's next request may be another client's.
  func uncountStream() {
    guard proxy != nil else { return }
    place?.leave(node.admission)
    place = nil
  }

  private func refuseProxyHeader(_ reason: String) {
    worker.statistics.proxyHeaderErrors += 1
    node.log.info(
      "proxy refused", [LogField("reason", reason), LogField("peer", clientAddress.description)])
  }

  /// Finds out from its fields whose request a proxy has sent.
  func noteClient(of request: HTTPRequest) {
    let proxies = worker.policy.settings.proxies
    // A reload may have ended the trust.
    guard let proxy, proxies.trusted.contain(proxy.address) else { return }
    clientAddress = ForwardedFields.client(of: request.fields, in: proxies.field, from: proxy.address) {
      proxies.trusted.contain($0)
    }
  }
}
