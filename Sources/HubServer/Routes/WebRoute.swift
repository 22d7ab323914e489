import HubWire

/// `/`, `/roomcast.js` and the other files for browsers.
struct WebRoute {
  let file: WebFile

  /// A page may load scripts and styles from the hub alone, and talk to nobody else.
  private static let policy = """
    default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'
    """

  func response(to request: HTTPRequest) -> HTTPResponse {
    // Browsers keep it, and ask each time whether it is still the same: a new hub brings new files.
    var fields: HTTPFields = ["ETag": file.tag, "Cache-Control": "no-cache"]
    if file.type.hasPrefix("text/html") {
      fields.append(["Content-Security-Policy": Self.policy, "Referrer-Policy": "no-referrer"])
    } else {
      // Any page may use the library, also one that is isolated from others (Fetch, "CORS" and "CORP").
      fields.append(["Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"])
    }
    if isFresh(request) { return HTTPResponse(status: 304, fields: fields) }
    fields.append(.of(type: file.type))
    return HTTPResponse(status: 200, fields: fields, body: file.bytes)
  }

  /// Whether the browser has this very file (RFC 9110 section 13.1.2).
  private func isFresh(_ request: HTTPRequest) -> Bool {
    guard let tags = request.fields["If-None-Match"] else { return false }
    return tags.split(separator: ",").contains { tag in
      let tag = tag.split(whereSeparator: { $0 == " " || $0 == "\t" }).first ?? ""
      return tag == "*" || tag == file.tag || tag == "W/\(file.tag)"
    }
  }
}
