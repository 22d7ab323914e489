import HubIO
import HubRooms
import HubTesting
import HubWire

@testable import HubServer

/// Users who are seen in rooms, two connections each, and what everybody is told of them.
extension Storm {
  private static let key = "rc_storm"

  /// What the hub must know so that there are users, and rooms that tell of them.
  static func settings(of plan: StormPlan) -> Settings {
    var settings = plan.settings
    guard plan.hasPeople else { return settings }
    settings.keys = [
      APIKeySettings(name: "storm", sha256: APIKey.digest(of: key), scopes: [.publish, .read, .admin])
    ]
    settings.tokens.keys = [
      TokenKeySettings(id: nil, algorithm: .hs256, material: .secret(HiddenText(SampleKeys.secret)))
    ]
    var namespace = NamespaceSettings(name: .all)
    namespace.presence = true
    settings.namespaces = [namespace]
    return settings
  }

  /// The user of a client's token.
  private static func user(_ index: Int) -> String { "u\(index / 2)" }

  func giveCredentials() {
    guard plan.hasPeople, let signer = try? SigningKey(secret: Array(SampleKeys.secret.utf8)) else { return }
    for client in clients { client.credential = Self.key }
    for (index, client) in webSockets.enumerated() {
      client.credential = signer.token(
        claims: Array(
          #"{"sub":"\#(Self.user(index))","exp":9999999999,"roomcast":{"subscribe":["*"],"publish":["*"],"presence":["*"]}}"#
            .utf8))
    }
  }

  /// Who is in the room, by the connections that are there.
  private func people(in room: String) -> Set<String> {
    var users: Set<String> = []
    for (index, client) in webSockets.enumerated() where client.watch(room)?.isSeen == true {
      users.insert(Self.user(index))
    }
    return users
  }

  /// Who is in the room, as its home says on each node that has the room.
  private func members(of room: String) -> [MembersPage] {
    guard let name = try? RoomName(room) else { return [] }
    let homes = hub.homes
    let perNode = homes.count / hub.nodes.count
    return hub.nodes.indices.compactMap { node in
      let index = node * perNode + hub.nodes[node].directory.index(of: name)
      return hub.stepped.on(index) { _ in
        homes[index].assumeIsolated { home in
          hub.nodes.count == 1 || home.isOpen(name)
            ? home.membersHere(name, after: nil, limit: 1000) : nil
        }
      }
    }
  }

  /// Whether the rooms, and everybody who looks, know who is there.
  var everybodyIsSeen: Bool { !plan.hasPeople || plan.rooms.allSatisfy { wrong(in: $0).isEmpty } }

  private func wrong(in room: String) -> [String] {
    let people = people(in: room)
    let pages = members(of: room)
    var wrong: [String] = []
    for page in pages where Set(page.members.map(\.user)) != people {
      wrong.append("\(room) has \(page.members), there are \(people)")
    }
    if let name = try? RoomName(room), let store = store as? SharedStormStore, store.shared.users(in: name) != people {
      wrong.append("the store has \(store.shared.users(in: name)) in \(room), there are \(people)")
    }
    for watch in webSockets.compactMap({ $0.watch(room) }) + eventStreams.flatMap(\.rooms)
    where watch.room == room && watch.members != people {
      wrong.append("\(room): somebody sees \(watch.members ?? []), there are \(people)")
    }
    for member in pages.flatMap(\.members) where member.connections == 0 {
      wrong.append("\(member.user) has no connection in \(room)")
    }
    return wrong
  }

  func checkPeople() {
    guard plan.hasPeople else { return }
    for room in plan.rooms { for problem in wrong(in: room) { note(problem) } }
    outcome.changes = watches.reduce(0) { $0 + $1.changes }
    let members = plan.rooms.reduce(0) { $0 + people(in: $1).count }
    if plan.nodes == 1, hub.members != members { note("\(hub.members) members are counted, there are \(members)") }
  }
}
