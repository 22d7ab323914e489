import HubClient

@main
struct Orders {
  static func main() async throws {
    let hub = Roomcast(url: try HubURL("http://127.0.0.1:8080"))
    for try await event in hub.room("orders") {
      print(event.name)
    }
  }
}
