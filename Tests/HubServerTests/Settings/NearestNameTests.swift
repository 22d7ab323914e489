import Testing

@testable import HubServer

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("prot", "port"), ("Port", "port"), ("hots", "host"), ("reactor", "reactors"), ("x", nil), ("", nil),
    ("zzzzz", nil),
  ])
  func `the name meant is the nearest one, if any is near`(name: String, meant: String?) {
    #expect(NearestName.of(name, among: ["port", "host", "reactors"]) == meant)
  }

  @Test func `distance is a symmetric count of edits`() {
    func distance(_ left: String, _ right: String) -> Int {
      NearestName.distance(Array(left.unicodeScalars), Array(right.unicodeScalars))
    }
    #expect(distance("", "abc") == 3)
    #expect(distance("abcd", "abdc") == 1)
    #expect(distance("kitten", "sitting") == 3)
    #expect(distance("sitting", "kitten") == 3)
    #expect(distance("same", "same") == 0)
  }
}
