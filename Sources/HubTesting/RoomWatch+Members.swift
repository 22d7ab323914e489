import HubWire

/// Who is in the room, held against what the hub promises: nobody comes who is there, and nobody goes who is not.
extension RoomWatch {
  /// All who are there, as `subscribed` and `members` tell; nil where the room does not tell.
  package mutating func present(_ list: [UInt8]?) {
    guard let list else { return }
    do throws(HubError) {
      let array = try JSONArray(JSONValue(parsing: list), maximum: 1000, name: "members")
      var users: [String] = []
      for element in array.elements {
        users.append(try JSONObject(element, name: "member").requiredString("user"))
      }
      if Set(users).count != users.count { note("a user is listed twice: \(users)") }
      members = Set(users)
    } catch {
      note("members: \(error)")
    }
  }

  /// The same in a frame of its own.
  package mutating func presentAnew(_ list: [UInt8]) {
    lists += 1
    present(list)
  }

  package mutating func joined(_ member: [UInt8]) {
    guard let user = told(member) else { return }
    if members?.insert(user).inserted != true { note("\(user) has joined and was there: \(members ?? [])") }
  }

  package mutating func left(_ member: [UInt8]) {
    guard let user = told(member) else { return }
    if members?.remove(user) == nil { note("\(user) has left and was not there: \(members ?? [])") }
  }

  private mutating func told(_ member: [UInt8]) -> String? {
    changes += 1
    if !isSubscribed { note("a coming or going while not subscribed") }
    do throws(HubError) {
      return try JSONObject(parsing: member).requiredString("user")
    } catch {
      note("member: \(error)")
      return nil
    }
  }
}
