import HubWire

/// The OpenAPI 3.1 document of what a listener has, made from the declarations of its resources.
struct OpenAPIDocument {
  let resources: ResourceSet

  func encode() -> [UInt8] {
    JSONWriter.object(capacity: 64 << 10) { json in
      json.member("openapi", "3.1.0")
      json.key("info")
      json.beginObject()
      json.member("title", "Roomcast")
      json.member("version", Hub.version)
      json.member("description", "A hub that brings events to everybody who listens, over WebSocket and SSE.")
      json.endObject()
      json.key("servers")
      json.array(["/"]) { json, url in json.raw(JSONWriter.object { $0.member("url", url) }) }
      json.key("paths")
      json.beginObject()
      for resource in Resource.allCases where resources.contains(resource) { write(resource.declaration, to: &json) }
      json.endObject()
      json.key("components")
      json.beginObject()
      json.key("schemas")
      json.beginObject()
      for (name, schema) in Schema.shared + Schema.ofHTTP {
        json.key(name)
        json.raw(schema.json)
      }
      json.endObject()
      writeSecuritySchemes(to: &json)
      json.endObject()
    }
  }

  private func write(_ resource: ResourceDeclaration, to json: inout JSONWriter) {
    json.key(resource.path.text)
    json.beginObject()
    if !resource.path.names.isEmpty {
      json.key("parameters")
      json.array(resource.path.names) { json, name in write(.ofPath(name), to: &json) }
    }
    for operation in resource.operations { write(operation, to: &json) }
    json.endObject()
  }

  private func write(_ operation: Operation, to json: inout JSONWriter) {
    json.key(operation.method.text.lowercased())
    json.beginObject()
    json.member("operationId", operation.name)
    json.member("summary", operation.summary)
    json.describe(operation.detail)
    if !operation.parameters.isEmpty {
      json.key("parameters")
      json.array(operation.parameters) { json, parameter in write(parameter, to: &json) }
    }
    if let body = operation.body {
      json.key("requestBody")
      json.beginObject()
      json.member("description", body.about)
      json.member("required", true)
      write(body.contents, to: &json)
      json.endObject()
    }
    json.key("responses")
    json.beginObject()
    for answer in operation.answers { write(answer, to: &json) }
    writeRefusals(of: operation, to: &json)
    json.endObject()
    writeSecurity(of: operation, to: &json)
    json.endObject()
  }

  private func write(_ parameter: Parameter, to json: inout JSONWriter) {
    json.beginObject()
    json.member("name", parameter.name)
    json.member("in", parameter.place.rawValue)
    json.member("description", parameter.about)
    if parameter.isRequired { json.member("required", true) }
    json.member("schema", raw: parameter.schema.json)
    json.endObject()
  }

  private func write(_ contents: [Content], to json: inout JSONWriter) {
    json.key("content")
    json.beginObject()
    for content in contents {
      json.key(content.type)
      json.beginObject()
      if let schema = content.schema { json.member("schema", raw: schema.json) }
      json.endObject()
    }
    json.endObject()
  }

  private func write(_ answer: Answer, to json: inout JSONWriter) {
    json.key(String(answer.status))
    json.beginObject()
    json.member("description", answer.about)
    if !answer.contents.isEmpty { write(answer.contents, to: &json) }
    json.endObject()
  }

  // MARK: Errors

  /// What every request may be refused with.
  private static let always: [ErrorCode] = [
    .invalidRequest, .originNotAllowed, .timeout, .headersTooLarge, .tooManyConnections, .rateLimited, .internal,
  ]
  /// And every one that needs something.
  private static let guarded: [ErrorCode] = [.unauthorized, .tokenExpired, .forbidden]

  private func writeRefusals(of operation: Operation, to json: inout JSONWriter) {
    let codes = operation.errors + Self.always + (operation.need == .nothing ? [] : Self.guarded)
    let byStatus = Dictionary(grouping: Set(codes), by: \.status)
    for (status, codes) in byStatus.sorted(by: { $0.key < $1.key }) {
      json.key(String(status))
      json.beginObject()
      json.member("description", codes.map { "`\($0.rawValue)`" }.sorted().joined(separator: ", "))
      write([Content(type: ProblemDetails.mediaType, schema: .named("Problem"))], to: &json)
      json.endObject()
    }
  }

  // MARK: Credentials

  private func writeSecurity(of operation: Operation, to json: inout JSONWriter) {
    json.key("security")
    json.beginArray()
    if operation.need != .nothing {
      // Whoever opens a WebSocket may say later who it is.
      if operation.isHandshake { json.raw(JSONWriter.object { _ in }) }
      for scheme in operation.method == .get ? ["bearer", "token"] : ["bearer"] {
        json.beginObject()
        json.key(scheme)
        json.raw(Array("[]".utf8))
        json.endObject()
      }
    }
    json.endArray()
  }

  private func writeSecuritySchemes(to json: inout JSONWriter) {
    json.key("securitySchemes")
    json.beginObject()
    json.key("bearer")
    json.raw(
      JSONWriter.object { json in
        json.member("type", "http")
        json.member("scheme", "bearer")
        json.member("description", "An API key (`rc_…`), or a token (JWT).")
      })
    json.key("token")
    json.raw(
      JSONWriter.object { json in
        json.member("type", "apiKey")
        json.member("in", "query")
        json.member("name", "token")
        json.member("description", "A token, where no `Authorization` can be sent. It is never logged.")
      })
    json.endObject()
  }
}
