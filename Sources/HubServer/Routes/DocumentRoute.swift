import HubWire

/// `/openapi.json` and `/asyncapi.json`: the interface, told to programs.
struct DocumentRoute {
  let worker: Worker

  func openAPI(_ resources: ResourceSet) -> HTTPResponse {
    Self.response(worker.node.documents.openAPI { OpenAPIDocument(resources: resources).encode() })
  }

  func asyncAPI() -> HTTPResponse {
    Self.response(worker.node.documents.asyncAPI { AsyncAPIDocument().encode() })
  }

  /// It holds no secret, so any page may read it.
  private static func response(_ body: [UInt8]) -> HTTPResponse {
    var response = HTTPResponse.json(200, body)
    response.fields.append("Access-Control-Allow-Origin", "*")
    return response
  }
}
