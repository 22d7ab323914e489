import HubWire
import Testing

@Suite struct JSONSchemaTests {
  private func refusal(_ schema: String, _ data: String) throws -> String? {
    let schema = try JSONSchema(Array(schema.utf8))
    do throws(HubError) {
      try schema.check(Array(data.utf8))
      return nil
    } catch {
      #expect(error.code == .invalidEvent)
      return error.detail
    }
  }

  @Test(arguments: [
    (#"{"type":"object"}"#, "[]", "`data` is an array; it must be an object"),
    (#"{"type":["string","null"]}"#, "1.50", "`data` is the number 1.50; it must be a string or null"),
    (#"{"type":"integer"}"#, "1.5", "`data` is the number 1.5; it must be a whole number"),
    (#"{"required":["a","b"]}"#, #"{"c":1}"#, "`data.a` is missing"),
    (#"{"required":["a","b"]}"#, #"{"a":1}"#, "`data.b` is missing"),
    (
      #"{"properties":{"items":{"items":{"properties":{"price":{"minimum":0}}}}}}"#,
      #"{"items":[{"price":1},{},{"price":-0.5}]}"#, "`data.items[2].price` is -0.5; the least is 0"
    ),
    (
      #"{"properties":{"odd key":{"type":"null"}}}"#, #"{"odd key":1}"#,
      "`data[\"odd key\"]` is the number 1; it must be null"
    ),
    (#"{"properties":{"a":true},"additionalProperties":false}"#, #"{"a":1,"b":2}"#, "`data.b` must not be there"),
    (#"{"additionalProperties":{"type":"string"}}"#, #"{"b":2}"#, "`data.b` is the number 2; it must be a string"),
    (#"{"enum":["open","shut",1]}"#, #""ajar""#, #"`data` must be one of "open", "shut", 1"#),
    (#"{"const":{"a":[1]}}"#, #"{"a":[2]}"#, #"`data` must be {"a":[1]}"#),
    (#"{"maximum":10}"#, "10.000001", "`data` is 10.000001; the most is 10"),
    (#"{"exclusiveMinimum":0}"#, "0e5", "`data` is 0e5; it must be more than 0"),
    (#"{"exclusiveMaximum":1e2}"#, "100", "`data` is 100; it must be less than 1e2"),
    (#"{"minLength":2}"#, #""é""#, "`data` has 1 characters; the least is 2"),
    (#"{"maxLength":1}"#, #""a\u0062""#, "`data` has 2 characters; the most is 1"),
    (#"{"minItems":1}"#, "[ ]", "`data` has 0 elements; the least is 1"),
    (#"{"maxItems":1}"#, "[1, 2]", "`data` has 2 elements; the most is 1"),
    (#"{"minProperties":1}"#, "{ }", "`data` has 0 members; the least is 1"),
    (#"{"maxProperties":1}"#, #"{"a":1,"b":2}"#, "`data` has 2 members; the most is 1"),
    ("false", "1", "`data` must not be there"),
  ])
  func `what does not fit is refused with its path`(schema: String, data: String, detail: String) throws {
    #expect(try refusal(schema, data) == detail)
  }

  @Test(arguments: [
    ("true", "1"), ("{}", "null"), (#"{"type":"integer"}"#, "1.0e2"), (#"{"enum":[1]}"#, "1.0"),
    (#"{"const":{"a":1,"b":[true]}}"#, #"{ "b":[true],"\u0061":10e-1}"#),
    (#"{"minimum":5,"minLength":5,"minItems":5,"minProperties":5}"#, "7"),
    (#"{"type":["array","string"],"maxItems":1}"#, #""long enough""#),
    (#"{"title":"t","description":"d","default":1,"examples":[2],"$comment":"c","$schema":"s"}"#, "[]"),
    (#"{"properties":{"a":{"type":"string"}}}"#, #"{"b":1}"#), (#"{"required":["a"]}"#, #"[1]"#),
  ])
  func `what fits is taken`(schema: String, data: String) throws {
    #expect(try refusal(schema, data) == nil)
  }

  @Test func `a doubled key must fit each time`() throws {
    let schema = #"{"properties":{"a":{"type":"string"}}}"#
    #expect(try refusal(schema, #"{"a":"x","a":1}"#) != nil && refusal(schema, #"{"a":1,"a":"x"}"#) != nil)
  }

  @Test(arguments: [
    ("1", "the schema is a number; a schema is an object, true or false"),
    (#"{"properties":{"a":{"pattern":"x"}}}"#, "`properties.a.pattern` is not checked here; leave it out"),
    (#"{"format":"date"}"#, "`format` is not checked here; leave it out"),
    (#"{"type":"text"}"#, "`type` must name types: null, boolean, object, array, number, string, integer"),
    (#"{"type":[]}"#, "`type` names no type"),
    (#"{"items":[{}]}"#, "`items` is an array; a schema is an object, true or false"),
    (#"{"required":"a"}"#, "`required` is a string; it must be a list"),
    (#"{"required":[1]}"#, "`required` must be a list of texts"),
    (#"{"minimum":"1"}"#, "`minimum` is a string; it must be a number"),
    (#"{"minLength":-1}"#, "`minLength` must be a whole number, 0 or more"),
    (#"{"enum":[]}"#, "`enum` has no values"),
    (#"{"enum":[1],"const":1}"#, "`const` stands beside another choice; give `enum` or `const`"),
    (#"{"type":"null","type":"null"}"#, "`type` stands there twice"),
    (#"{"properties":{"a":{},"a":{}}}"#, "`properties.a` stands there twice"),
  ])
  func `a schema that cannot be kept is refused`(schema: String, detail: String) {
    #expect(throws: HubError(.invalidRequest, detail)) { try JSONSchema(Array(schema.utf8)) }
  }

  @Test func `schemas stand in one another up to a limit`() throws {
    let deep = { (depth: Int) in
      String(repeating: #"{"items":"#, count: depth) + "true" + String(repeating: "}", count: depth)
    }
    _ = try JSONSchema(Array(deep(JSONSchema.maximumDepth - 1).utf8))
    #expect(throws: HubError.self) { try JSONSchema(Array(deep(JSONSchema.maximumDepth).utf8)) }
  }

  @Test func `data of any depth and size is walked, and random data never breaks it`() throws {
    let schema = try JSONSchema(
      Array(#"{"type":["object","array"],"additionalProperties":{"type":"string"},"items":{"minimum":3}}"#.utf8))
    for seed in 0..<300 {
      var random = RandomJSON(seed: UInt64(seed))
      let data = Array(random.text().utf8)
      let tree = try JSONValue(parsing: data)
      let isRefused = (try? schema.check(data)) == nil
      if ![JSONKind.object, .array].contains(tree.kind) { #expect(isRefused) }
    }
    let wide = "[" + Array(repeating: "3", count: 5000).joined(separator: ",") + "]"
    try schema.check(Array(wide.utf8))
  }
}
