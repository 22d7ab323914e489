import HubRooms
import HubWire
import Testing

@testable import HubServer

@Suite struct SettingsNamespacesTests {
  private func read(_ namespaces: String) -> SettingsReading {
    SettingsReader.read(
      arguments: ["--settings", "hub.json5"], environment: [:], machine: fixedMachine,
      readFile: { _ in Array("{ namespaces: \(namespaces) }".utf8) })
  }

  @Test func `every field is read, and shown as it can be read again`() throws {
    let text = """
      [{ name: 'chat', anonymous: true, history: { events: 5, age: '10m', bytes: '1MiB' }, presence: true,
         publish: 'readers', slow: 'gap', lastValue: true, schemas: { said: { type: 'object', minProperties: 0x1 }, '*': true } },
       { name: '*', ephemeral: true }]
      """
    let reading = read(text)
    #expect(reading.problems == [])
    let chat = reading.settings.namespaces[0]
    #expect(chat.history.events == 5 && chat.history.age == .seconds(600) && chat.history.bytes == 1 << 20)
    #expect(chat.anonymous && chat.presence && chat.lastValue && !chat.ephemeral)
    #expect(chat.publish == .readers && chat.slow == .gap)
    #expect(Set(chat.schemas.keys) == ["said", "*"])
    #expect(reading.settings.namespaces[1].ephemeral)
    let shown = SettingsKey.named("namespaces").json(in: reading.settings)
    #expect(read(shown).settings.namespaces == reading.settings.namespaces)
  }

  @Test(arguments: [
    ("[{ name: 'a', history: { events: 0 } }]", "namespaces[0].history.events", "0 is too small"),
    ("[{ name: 'a', history: { age: 'x' } }]", "namespaces[0].history.age", "\"x\" is not a time"),
    ("[{ name: 'a', history: { size: 1 } }]", "namespaces[0].history.size", "this key is not known"),
    ("[{ name: 'a', history: 1 }]", "namespaces[0].history", "an object is needed here"),
    ("[{ name: 'a', slow: 'never' }]", "namespaces[0].slow", "\"never\" is not known here"),
    ("[{ name: 'a', publish: true }]", "namespaces[0].publish", "true is not known here"),
    (
      "[{ name: 'a', ephemeral: true, lastValue: true }]", "namespaces[0].lastValue",
      "an ephemeral room keeps nothing, so it has no last value"
    ),
    ("[{ name: 'a', schemas: [] }]", "namespaces[0].schemas", "an object of schemas is needed here"),
    (
      "[{ name: 'a', schemas: { e: { format: 'date' } } }]", "namespaces[0].schemas.e",
      "`format` is not checked here; leave it out"
    ),
    (
      "[{ name: 'a', schemas: { e: { minimum: NaN } } }]", "namespaces[0].schemas.e",
      "the schema holds a number that is not finite"
    ),
    ("[{ name: 'a', schemas: { e: true, e: false } }]", "namespaces[0].schemas.e", "this event is named twice"),
    (
      "[{ name: 'a', schemas: { 'roomcast:x': true } }]", "namespaces[0].schemas.roomcast:x",
      "event names that begin with \"roomcast:\" are the hub's own"
    ),
  ])
  func `mistakes are told with their path`(text: String, key: String, message: String) {
    let problems = read(text).problems
    #expect(problems.map(\.key) == [key] && problems.map(\.message) == [message])
  }
}
