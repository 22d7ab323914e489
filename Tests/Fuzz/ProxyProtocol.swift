/// Body of a libFuzzer run: what the reader of PROXY protocol headers says of the beginning of an input, it must say of
/// every longer part of it; and a header ends within the input, before anything of the client's own.
///
/// The rest of an input is read as forwarded fields, whose answer must be the peer or an address that stands there.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
  let whole = outcome(bytes[...])
  for count in 0..<size {
    let part = outcome(bytes[..<count])
    precondition(part == .needsMore || part == whole, "\(count) bytes say \(part), all say \(whole)")
  }
  if case .header(let count, let source) = whole {
    precondition((15...min(size, ProxyProtocolHeader.longest)).contains(count), "a header of \(count) bytes")
    precondition(outcome(bytes[..<(count - 1)]) == .needsMore, "a header is complete before its end")
    checkText(source)
  }
  checkForwarded(bytes)
  return 0
}

private enum Outcome: Equatable {
  case header(Int, IPAddress?)
  case needsMore
  case wrong
}

private func outcome(_ bytes: ArraySlice<UInt8>) -> Outcome {
  do {
    guard let header = try ProxyProtocolHeader.read(Array(bytes).span) else { return .needsMore }
    return .header(header.byteCount, header.source)
  } catch {
    return .wrong
  }
}

/// An address is read back from its text.
private func checkText(_ address: IPAddress?) {
  guard let address else { return }
  precondition(IPAddress(address.description) == address, "\(address) is not read back")
  precondition(IPNetwork(address.description)?.contains(address) == true, "\(address) is not in its own network")
}

private func checkForwarded(_ bytes: [UInt8]) {
  let peer = IPAddress(v4: 0x0A00_0001)
  for field in ForwardedField.allCases {
    var fields = HTTPFields()
    for value in bytes.split(separator: 10) { fields.append(field.rawValue, String(decoding: value, as: UTF8.self)) }
    var named: [IPAddress] = [peer]
    let client = ForwardedFields.client(of: fields, in: field, from: peer) { address in
      named.append(address)
      return address.isV4
    }
    checkText(client)
    precondition(client == named.last, "the client is not the last that was asked about")
  }
}
