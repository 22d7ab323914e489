/// A command for Redis: its name and its arguments, which go as an array of strings in both versions of the protocol.
package struct RESPCommand: Sendable, Equatable {
  package let arguments: [RESPArgument]

  package init(_ arguments: RESPArgument...) {
    self.arguments = arguments
  }

  package init(_ arguments: [RESPArgument]) {
    self.arguments = arguments
  }

  /// How many bytes ``append(to:)`` writes.
  package var byteCount: Int {
    arguments.reduce(Self.headerCount(arguments.count)) { sum, argument in
      let count = argument.count
      return sum &+ Self.headerCount(count) &+ count &+ 2
    }
  }

  /// Appends it to what goes out, so that any number of commands leave in one write.
  package func append(to output: inout [UInt8]) {
    output.append(addingCapacity: byteCount) { output in
      Self.putHeader("*", arguments.count, to: &output)
      for argument in arguments {
        Self.putHeader("$", argument.count, to: &output)
        switch argument {
        case .text(let text): output.put(text.utf8.span)
        case .bytes(let bytes): output.put(bytes.span)
        case .number(let number):
          if number < 0 { output.put("-") }
          output.put(decimal: UInt64(number.magnitude))
        }
        output.put("\r\n")
      }
    }
  }

  private static func headerCount(_ count: Int) -> Int { JSONDecimal.count(UInt64(count)) &+ 3 }

  private static func putHeader(_ type: StaticString, _ count: Int, to output: inout OutputSpan<UInt8>) {
    output.put(type)
    output.put(decimal: UInt64(count))
    output.put("\r\n")
  }
}
