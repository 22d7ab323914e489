import HubWire
import Testing

@Suite struct JSONObjectTests {
  private func object(_ text: String) throws -> JSONObject { try JSONObject(parsing: Array(text.utf8)) }

  private func text(_ value: JSONValue?) -> String? { value.map { String(decoding: $0.raw, as: UTF8.self) } }

  @Test func `members are slices of the text as it stands`() throws {
    let read = try object(
      " { \"a\" : [1, {\"x\":\"]}\"}] ,\n\"b\":\"\\\"}\" , \"c\":-1.5e3,\"d\":{ },\"\":null , \"é\":true } ")
    #expect(read.keys == ["a", "b", "c", "d", "", "é"])
    #expect(text(try read.value("a")) == "[1, {\"x\":\"]}\"}]")
    #expect(text(try read.value("b")) == "\"\\\"}\"")
    #expect(text(try read.value("c")) == "-1.5e3")
    #expect(text(try read.value("d")) == "{ }")
    #expect(text(try read.value("")) == "null")
    #expect(text(try read.value("é")) == "true")
    #expect(try read.value("e") == nil)
    #expect(try object("{}").keys.isEmpty)
  }

  @Test func `slices of random texts are the values that were put in`() throws {
    var random = RandomJSON(seed: 5)
    for _ in 0..<300 {
      let values = (0..<random.below(6)).map { _ in random.text(depth: 3) }
      let trimmed = values.map { value in String(value.unicodeScalars.drop { $0.value <= 0x20 }) }
      let members = values.enumerated().map { "\"k\($0.offset)\":\($0.element)" }
      let read = try JSONObject(parsing: Array("{\(members.joined(separator: ","))}".utf8))
      #expect(read.keys == values.indices.map { "k\($0)" })
      let list = try JSONValue(parsing: Array("[\(values.joined(separator: ","))]".utf8))
      let elements = try JSONArray(list, maximum: 6, name: "list").elements
      #expect(elements.count == values.count)
      for (element, value) in zip(elements, trimmed) {
        let raw = try #require(text(element))
        #expect(value.hasPrefix(raw))
        #expect(value.dropFirst(raw.count).allSatisfy { $0.isWhitespace })
      }
    }
  }

  @Test func `a key is found however it is escaped, and refused where it stands twice`() throws {
    #expect(try object(#"{"\u0069d":1}"#).integer("id", in: 0...9) == 1)
    #expect(try object(#"{"i\/d":1}"#).integer("i/d", in: 0...9) == 1)
    #expect(try object(#"{"idea":1}"#).value("id") == nil)
    #expect(throws: HubError(.invalidRequest, "`id` stands there twice")) {
      try object(#"{"id":1,"id":1}"#).integer("id", in: 0...9)
    }
    #expect(throws: HubError.self) { try object(#"{"id":1,"\u0069d":null}"#).integer("id", in: 0...9) }
    #expect(try object(#"{"a":1,"a":2,"id":3}"#).integer("id", in: 0...9) == 3)
  }

  @Test func `getters take null for absent`() throws {
    let read = try object(#"{"a":null}"#)
    #expect(try read.string("a") == nil && read.bool("a") == nil && read.integer("a", in: 0...1) == nil)
    #expect(try read.value("a")?.kind == .null)
    #expect(throws: HubError(.invalidRequest, "`a` is missing")) { try read.requiredString("a") }
  }

  @Test func `a getter names the field and what it must be`() throws {
    let read = try object(
      #"{"n":1,"s":"xyz","f":1.5,"b":true,"big":9223372036854775808,"neg":-5,"half":"\ud800","o":{}}"#)
    #expect(throws: HubError(.invalidRequest, "`n` is a number, it must be a string")) { try read.string("n") }
    #expect(throws: HubError(.invalidRequest, "`s` is a string, it must be true or false")) { try read.bool("s") }
    #expect(throws: HubError(.invalidRequest, "`o` is an object, it must be a number")) {
      try read.integer("o", in: 0...1)
    }
    for key: StaticString in ["f", "big", "neg"] {
      #expect(throws: HubError(.invalidRequest, "`\(key)` must be a whole number from 0 to 9")) {
        try read.integer(key, in: 0...9)
      }
    }
    #expect(try read.integer("neg", in: -5...0) == -5)
    #expect(throws: HubError.self) { try read.string("half") }
    #expect(try read.bool("b") == true)
    #expect(throws: HubError(.invalidRequest, "`s` has 3 bytes; it must have 1 to 2")) {
      try read.string("s", maximum: 2)
    }
  }

  @Test func `what is no object is INVALID_REQUEST and what is no JSON is INVALID_JSON`() {
    #expect(throws: HubError(.invalidRequest, "the message is an array, it must be an object")) { try object("[]") }
    #expect(throws: HubError(.invalidJSON, "not valid JSON at byte 1: it ends too early")) { try object("{") }
  }

  @Test func `an object and an array have a limit`() throws {
    let members = (0...JSONObject.maximumMembers).map { "\"k\($0)\":0" }
    #expect(try object("{\(members.dropLast().joined(separator: ","))}").keys.count == JSONObject.maximumMembers)
    #expect(throws: HubError(.invalidRequest, "the message has more than 1024 members")) {
      try object("{\(members.joined(separator: ","))}")
    }
    let three = try JSONValue(parsing: Array("[1, 2 ,3]".utf8))
    #expect(try JSONArray(three, maximum: 3, name: "list").elements.map(\.integer) == [1, 2, 3])
    #expect(throws: HubError(.invalidRequest, "`list` has more than 2 elements")) {
      try JSONArray(three, maximum: 2, name: "list")
    }
    #expect(throws: HubError(.invalidRequest, "`list` is a number, it must be an array")) {
      try JSONArray(try JSONValue(parsing: Array("1".utf8)), maximum: 2, name: "list")
    }
  }
}
