import HubClient

@main
struct Orders {
  static func main() async throws {
    let hub = Roomcast(url: try HubURL("http://127.0.0.1:8080"))
    Task {
      for await state in hub.states { print(state) }
    }
    let receipt = try await hub.publish(
      #"{"order":1042}"#, to: "orders", event: "order_created", key: "1042-created")
    print("published as \(receipt.position.map(String.init(describing:)) ?? "nothing that is kept")")
    let orders = hub.room("orders", after: .earliest) { gap in
      print("reload: events up to \(gap.position) are gone")
    }
    for try await event in orders {
      print(event.name)
    }
  }
}
