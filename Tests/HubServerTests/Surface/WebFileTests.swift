import HubWire
import Testing

@testable import HubServer

@Suite struct WebFileTests {
  @Test func `every file is where its resource is, and none is empty`() throws {
    #expect(!WebFile.all.isEmpty)
    for file in WebFile.all {
      #expect(!file.bytes.isEmpty, "\(file.path)")
      guard case .file(let found, _) = try Endpoint(file.path, in: .all) else {
        Issue.record("\(file.path) leads elsewhere")
        continue
      }
      #expect(found.path == file.path && found.bytes == file.bytes)
    }
  }

  @Test func `tags tell files apart`() {
    #expect(Set(WebFile.all.map(\.tag)).count == Set(WebFile.all.map(\.bytes)).count)
    for file in WebFile.all { #expect(file.tag.count == 24 && file.tag.hasPrefix("\"") && file.tag.hasSuffix("\"")) }
  }

  @Test func `the console's files are those below its path`() {
    #expect(!WebFile.consoleNames.isEmpty)
    for name in WebFile.consoleNames { #expect(WebFile.at("/console/\(name)") != nil, "\(name)") }
  }
}
