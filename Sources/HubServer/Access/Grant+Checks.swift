import HubWire

/// What a grant allows, as an error where it does not.
extension Grant {
  /// Who is counted by limits on rates: the user, or the key; everybody together where nobody is told apart.
  var rateName: String {
    switch source {
    case .key(let digest): digest
    case .certificate(let name): "certificate:" + name
    case .token: "user:" + (user ?? "")
    case .open, .anonymous: ""
    }
  }

  func checkRead(_ room: RoomName) throws(HubError) {
    if !mayRead(room) { throw refusal("reading the room \"\(room.text)\"") }
  }

  func checkPublish(_ room: RoomName) throws(HubError) {
    if !mayPublish(room) { throw refusal("publishing into the room \"\(room.text)\"") }
  }

  func checkAdmin() throws(HubError) {
    if !isAdmin { throw refusal("this call", needing: " a key with the scope `admin`") }
  }

  /// Who has shown nothing is asked for a credential; who has shown one is told that it does not do.
  private func refusal(_ what: String, needing: String = " a key or token that allows it") -> HubError {
    if source == .anonymous {
      return HubError(.unauthorized, "\(what) needs\(needing): `Authorization: Bearer …`")
    }
    return HubError(.forbidden, "these credentials do not allow \(what); it needs\(needing)")
  }
}
