import HubClient

@main
struct Orders {
  static func main() async throws {
    let hub = Roomcast(url: try HubURL("http://127.0.0.1:8080"))
    let orders = hub.room("orders", after: .earliest) { gap in
      print("reload: events up to \(gap.position) are gone")
    }
    for try await event in orders {
      print(event.name)
    }
  }
}
