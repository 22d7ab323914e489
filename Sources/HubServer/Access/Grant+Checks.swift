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
    if mayPublish(room) { return }
    let isForServices = publishRight(room) == .services
    throw refusal(
      "publishing into the room \"\(room.text)\"",
      needing: isForServices ? " an API key, as only services publish there" : " a key or token that allows it")
  }

  /// What belongs to no room needs a key for all of them; a token is never enough.
  func checkPublishEverywhere() throws(HubError) {
    if !mayPublishEverywhere {
      throw refusal("publishing to a user", needing: " a key with the scope `publish` for all rooms")
    }
  }

  /// - Returns: the user who is seen.
  func checkPresence(_ room: RoomName) throws(HubError) -> String {
    if source == .open {
      throw HubError(
        .forbidden,
        "this hub is open and knows no users who could be present; configure keys for tokens (`tokens.keys`) and connect with a token"
      )
    }
    guard source != .anonymous else {
      throw refusal("being present in the room \"\(room.text)\"", needing: " a token whose claim `presence` covers it")
    }
    guard let user else {
      throw HubError(
        .forbidden, "only users can be present, and these credentials stand for none; connect with a token")
    }
    guard mayBePresent(room) else {
      throw HubError(
        .forbidden, "the token does not allow being present in the room \"\(room.text)\" (its claim `presence`)")
    }
    return user
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
