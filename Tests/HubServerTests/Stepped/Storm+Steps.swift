import HubIO
import HubRooms
import HubTesting
import HubWire

@testable import HubServer

/// What happens to clients, and what they do.
extension Storm {
  func step(_ random: inout SeededRandom) -> Bool {
    if isGone { return false }
    if store.isBroken || hub.hasDrained {
      restart(losingPower: store.isBroken, &random)
      return true
    }
    if isCalm { return comeBack() }
    if plan.sweeps, actions > 0 { for _ in 0..<3 { hub.sweepSoon() } }
    if actions > 0, random.once(in: 3) {
      actions -= 1
      act(&random)
      if actions == 0 { readOn() }
      return true
    }
    let index = random.number(in: 0..<max(1, publishers.count))
    return index < publishers.count && publish(index, &random) || actions > 0
  }

  /// Whether a client that was sent away may try again.
  func isPatient(_ client: SimulatedClient) -> Bool {
    hub.stepped.clock.now >= patience[client.name] ?? hub.stepped.clock.now
  }

  /// The client tries something, and may do it again after a while.
  private func tries(_ client: SimulatedClient) -> Bool {
    guard isPatient(client) else { return false }
    patience[client.name] = hub.stepped.clock.now + .milliseconds(200)
    return true
  }

  /// Everybody connects and subscribes to everything.
  private func comeBack() -> Bool {
    var worked = false
    for client in clients where !client.isConnected && tries(client) {
      open(client)
      worked = true
    }
    for client in webSockets where client.isOpen {
      let missing = plan.rooms.filter { client.watch($0)?.isSubscribed != true }
      if !missing.isEmpty, tries(client) { client.subscribe(missing) }
    }
    for client in subscribers where client.mustAskAgain && tries(client) { client.askAgain() }
    for client in eventStreams where client.isConnected && client.hasFailed { client.disconnect() }
    // A stream cannot subscribe again to a room that was taken away.
    for client in eventStreams where client.isConnected && client.lacksRoom { client.disconnect() }
    return worked
  }

  private func publish(_ index: Int, _ random: inout SeededRandom) -> Bool {
    let publisher = publishers[index]
    if !publisher.isConnected {
      publisher.open(hub.connect(plan.conduct))
      return true
    }
    guard !publisher.isWaiting, remainingPosts[index] > 0 else { return false }
    remainingPosts[index] -= 1
    if plan.mistakes, random.once(in: 6), let (room, key) = publisher.lastTaken {
      let data = ledger.nextRefused(by: publisher.name)
      publisher.post(SimulatedPublisher.Post(room: room, data: data, usedKey: key))
      return true
    }
    var excluded: String?
    var isEphemeral = false
    if plan.exclusions {
      let connection = webSockets[random.number(in: 0..<webSockets.count)].connection
      if random.once(in: 2), !connection.isEmpty { excluded = connection }
      isEphemeral = random.once(in: 6)
    }
    let data = ledger.next(
      by: publisher.name, size: random.number(in: 0...plan.padding), excluding: excluded, isEphemeral: isEphemeral)
    let room = plan.rooms[random.number(in: 0..<plan.rooms.count)]
    publisher.post(SimulatedPublisher.Post(room: room, data: data, exclude: excluded, isEphemeral: isEphemeral))
    return true
  }

  private func act(_ random: inout SeededRandom) {
    if disturb(&random) { return }
    let all = clients
    let client = all[random.number(in: 0..<all.count)]
    guard client.isConnected else { return open(client) }
    if plan.cuts, random.once(in: 5) { return cut(client, &random) }
    // Who drains, or waits for a store that is away, needs time.
    let leisure = hub.isDraining || hub.node.engine.health != .up ? 2 : plan.leisure
    if random.once(in: leisure) { return hub.stepped.clock.advance(by: .milliseconds(random.number(in: 1...400))) }
    if plan.stalls, random.once(in: 3) { return stall(client, &random) }
    if let client = client as? SimulatedWebSocket, client.isOpen { speak(client, &random) }
    if let client = client as? SimulatedSubscriber, client.mustAskAgain { client.askAgain() }
  }

  private func open(_ client: SimulatedClient) {
    let link = hub.connect(plan.conduct)
    switch client {
    case let client as SimulatedWebSocket: client.open(link)
    case let client as SimulatedEventStream: client.open(link)
    case let client as SimulatedSubscriber: client.open(link)
    case let client as SimulatedPublisher: client.open(link)
    default: break
    }
  }

  private func stall(_ client: SimulatedClient, _ random: inout SeededRandom) {
    if random.once(in: 3) {
      client.link?.isHeld = random.once(in: 2)
    } else if !(client is SimulatedPublisher) {
      client.readLimit = [0, 1, 7, 64, Int.max][random.number(in: 0..<5)]
    }
  }

  private func cut(_ client: SimulatedClient, _ random: inout SeededRandom) {
    switch random.number(in: 0..<4) {
    case 0: client.disconnect()
    case 1: client.link?.reset()
    case 2 where client is SimulatedWebSocket: (client as? SimulatedWebSocket)?.close()
    default:
      // The hub learns nothing of it; the client has given up and comes back.
      client.link?.isHalfOpen = true
      client.disconnect()
    }
  }

  private func speak(_ client: SimulatedWebSocket, _ random: inout SeededRandom) {
    let room = plan.rooms[random.number(in: 0..<plan.rooms.count)]
    switch random.number(in: 0..<6) {
    case 0: client.unsubscribe(room)
    case 1: client.subscribe(plan.rooms)
    case 2, 3:
      if plan.hasPeople { client.isSeen = !random.once(in: 3) }
      client.subscribe([room])
    case 4: client.say(.ping(id: nil))
    default:
      let isEchoed = random.once(in: 2)
      let data = ledger.next(
        by: client.name, size: random.number(in: 0...plan.padding), excluding: isEchoed ? nil : client.connection)
      spokenNumber += 1
      spoken[String(spokenNumber)] = "\(room) \(data)"
      let request = PublishRequest(room: room, data: .json(Array(data.utf8)), echo: isEchoed)
      client.say(.publish(id: RequestID(spokenNumber), request))
    }
  }
}
