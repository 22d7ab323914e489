import HubWire
import Testing

@testable import HubServer

@Suite struct OpenAPIDocumentTests {
  private static let methods: [HTTPMethod] = [.get, .post, .put, .delete]

  private static func document(_ resources: ResourceSet = .all) throws -> DocumentReader {
    try DocumentReader(OpenAPIDocument(resources: resources).encode())
  }

  @Test func `the document has every resource with every method that works, and nothing else`() throws {
    let document = try Self.document()
    let paths = try document.object("paths")
    #expect(paths.keys == Resource.allCases.map(\.declaration.path.text).sorted())
    for resource in Resource.allCases {
      let endpoint = try Endpoint(resource.samplePath, in: .all)
      let path = try paths.object(resource.declaration.path.text)
      let told = path.keys.filter { $0 != "parameters" }
      #expect(
        told.sorted() == Self.methods.filter(endpoint.allows).map { $0.text.lowercased() }.sorted(), "\(resource)")
    }
  }

  @Test func `every path of the document leads to the resource that it tells of`() throws {
    for path in try Self.document().object("paths").keys {
      let filled = path.replacing("{room}", with: "a").replacing("{user}", with: "ann")
        .replacing("{connection}", with: String(repeating: "0f", count: 16)).replacing("{file}", with: "console.css")
      #expect(try Endpoint(filled, in: .all).resource.declaration.path.text == path)
    }
  }

  @Test func `a hub tells only of what it has`() throws {
    var settings = Settings(machine: fixedMachine)
    #expect(try !Self.document(ResourceSet(settings)).object("paths").keys.contains("/debug/echo"))
    #expect(try Self.document(ResourceSet(settings)).object("paths").keys.contains("/metrics"))
    settings.metrics.address = ListenAddress(host: "127.0.0.1", port: 0)
    #expect(try !Self.document(ResourceSet(settings)).object("paths").keys.contains("/metrics"))
  }

  @Test func `every name in braces is a parameter, and every operation has a name of its own`() throws {
    let paths = try Self.document().object("paths")
    var names: [String] = []
    for path in paths.keys {
      let item = try paths.object(path)
      for method in item.keys where method != "parameters" {
        names.append(try item.object(method).text("operationId"))
      }
      let braces = path.split(separator: "/").filter { $0.hasPrefix("{") }.count
      #expect(try item.keys.contains("parameters") ? item.count("parameters") == braces : braces == 0, "\(path)")
    }
    #expect(Set(names).count == names.count)
  }

  @Test func `what the document refers to is there, and nothing is there for nothing`() throws {
    let bytes = OpenAPIDocument(resources: .all).encode()
    let named = Set(try DocumentReader(bytes).object("components").object("schemas").keys)
    #expect(DocumentReader.references(in: bytes).subtracting(named) == [])
    #expect(named.subtracting(DocumentReader.references(in: bytes)) == [])
  }

  @Test func `what needs nothing asks for no credential, and all else does`() throws {
    let paths = try Self.document().object("paths")
    for resource in Resource.allCases {
      for operation in resource.declaration.operations {
        let told = try paths.object(resource.declaration.path.text).object(operation.method.text.lowercased())
        let isFree = if case .nothing = operation.need { true } else { false }
        #expect(try (told.count("security") == 0) == isFree, "\(operation.name)")
        #expect(try told.object("responses").keys.contains("401") == !isFree, "\(operation.name)")
      }
    }
  }
}
