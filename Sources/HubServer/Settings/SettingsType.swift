/// How a kind of value is written in flags, variables and the file, checked, and shown.
///
/// One of these stands beside each entry of the table of ``SettingsKey``; the instances below are all there are.
struct SettingsType<Value: Sendable>: Sendable {
  /// What stands for the value in help text; nil for a switch, whose flag needs no value.
  var placeholder: String?
  /// Whether a flag may be given again to add to the value.
  var isList = false
  /// - Throws: what is wrong with the input.
  var parse: @Sendable (SettingsInput) throws(SettingsMistake) -> Value
  /// The value as it may be written in a flag.
  var show: @Sendable (Value) -> String
  /// The value as JSON.
  var json: @Sendable (Value) -> String
}

extension SettingsType where Value == Bool {
  /// `true` or `false`; as text also `1`, `0`, `yes`, `no`, `on`, `off`.
  static let flag = SettingsType(
    placeholder: nil,
    parse: { input throws(SettingsMistake) in
      switch input {
      case .value(.boolean(let value)): return value
      case .text("true"), .text("1"), .text("yes"), .text("on"): return true
      case .text("false"), .text("0"), .text("no"), .text("off"): return false
      default: throw SettingsMistake(message: "\(input.shown) is neither true nor false", mend: "write true or false")
      }
    },
    show: { "\($0)" }, json: { "\($0)" })
}

extension SettingsType where Value == Int {
  /// A whole number within bounds.
  static func count(_ bounds: ClosedRange<Int>) -> Self {
    let mend = "give a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
    return SettingsType(
      placeholder: "N",
      parse: { input throws(SettingsMistake) in
        let number: Int? =
          switch input {
          case .text(let text): SettingsUnits.digits(text[...])
          case .value(.number(let number)): number.integer
          default: nil
          }
        guard let number else {
          throw SettingsMistake(message: "\(input.shown) is not a whole number", mend: mend)
        }
        return try bounds.checked(number, shown: input.shown) { "\($0)" }
      },
      show: { "\($0)" }, json: { "\($0)" })
  }

  /// A number of bytes within bounds: `1048576`, `1MiB`, `64KiB`, `1MB`.
  static func size(_ bounds: ClosedRange<Int>) -> Self {
    SettingsType(
      placeholder: "SIZE",
      parse: { input throws(SettingsMistake) in
        let bytes: Int? =
          if case .value(.number(let number)) = input { number.integer } else {
            input.text.flatMap(SettingsUnits.bytes)
          }
        guard let bytes else {
          throw SettingsMistake(
            message: "\(input.shown) is not a size", mend: "give bytes, or a size such as 64KiB, 1MiB or 1MB")
        }
        return try bounds.checked(bytes, shown: input.shown, SettingsUnits.text(bytes:))
      },
      show: SettingsUnits.text(bytes:), json: { "\($0)" })
  }
}

extension SettingsType where Value == Duration {
  /// A time within bounds: `25` (seconds), `25s`, `5m`, `24h`, `500ms`.
  static func duration(_ bounds: ClosedRange<Duration>) -> Self {
    SettingsType(
      placeholder: "TIME",
      parse: { input throws(SettingsMistake) in
        let time: Duration? =
          if case .value(.number(let number)) = input {
            number.integer.flatMap { SettingsUnits.duration("\($0)") }
          } else {
            input.text.flatMap(SettingsUnits.duration)
          }
        guard let time else {
          throw SettingsMistake(
            message: "\(input.shown) is not a time", mend: "give seconds, or a time such as 500ms, 25s, 5m or 24h")
        }
        return try bounds.checked(time, shown: input.shown, SettingsUnits.text(duration:))
      },
      show: SettingsUnits.text(duration:),
      json: { JSONText.quoted(SettingsUnits.text(duration: $0)) })
  }
}

extension SettingsType {
  /// One of a few names.
  static func choice(_ choices: [(name: String, value: Value)], of placeholder: String) -> Self
  where Value: Equatable {
    let show = { @Sendable (value: Value) in choices.first { $0.value == value }?.name ?? "" }
    return SettingsType(
      placeholder: placeholder,
      parse: { input throws(SettingsMistake) in
        let text = input.text
        guard let choice = choices.first(where: { $0.name == text }) else {
          throw SettingsMistake(
            message: "\(input.shown) is not known here",
            mend: "choose from " + choices.map(\.name).joined(separator: ", "))
        }
        return choice.value
      },
      show: show, json: { JSONText.quoted(show($0)) })
  }

  /// A list of text values: separated by commas in a flag or variable, a JSON list or one string in the file.
  static func list<Element>(
    of placeholder: String, _ read: @escaping @Sendable (String) -> Element?,
    show: @escaping @Sendable (Element) -> String, mend: String
  ) -> Self where Value == [Element] {
    SettingsType(
      placeholder: placeholder, isList: true,
      parse: { input throws(SettingsMistake) in
        var elements: [Element] = []
        for part in try input.parts(mend: mend) {
          guard let element = read(part) else {
            throw SettingsMistake(message: "\(SettingsInput.text(part).shown) is not valid", mend: mend)
          }
          elements.append(element)
        }
        return elements
      },
      show: { $0.map(show).joined(separator: ",") },
      json: { "[" + $0.map { JSONText.quoted(show($0)) }.joined(separator: ",") + "]" })
  }
}

extension SettingsInput {
  /// The texts of a list; an empty flag or variable is an empty list.
  fileprivate func parts(mend: String) throws(SettingsMistake) -> [String] {
    if let text {
      return text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
    }
    guard case .value(.array(let nodes)) = self else {
      throw SettingsMistake(message: "\(shown) is not a list", mend: mend)
    }
    var parts: [String] = []
    for node in nodes {
      guard case .string(let part) = node.value else {
        throw SettingsMistake(message: "the list holds \(SettingsInput.value(node.value).shown)", mend: mend)
      }
      parts.append(part)
    }
    return parts
  }

  private static func trimmed(_ part: Substring) -> String {
    String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension ClosedRange where Bound: Sendable {
  fileprivate func checked(
    _ value: Bound, shown: String, _ show: (Bound) -> String
  ) throws(SettingsMistake) -> Bound {
    if value < lowerBound {
      throw SettingsMistake(message: "\(shown) is too small", mend: "the least is \(show(lowerBound))")
    }
    if value > upperBound {
      throw SettingsMistake(message: "\(shown) is too large", mend: "the most is \(show(upperBound))")
    }
    return value
  }
}
