import HubRooms
import HubWire

/// Reads what the script for appending answers.
enum AppendAnswer {
  /// - Returns: nil where it is not what the script answers to so many events.
  static func read(_ value: RESPValue, count: Int) -> [Result<Appended, HubError>]? {
    guard let values = value.array, values.count == count + 1, let epoch = values[0].text else { return nil }
    var answers: [Result<Appended, HubError>] = []
    answers.reserveCapacity(count)
    for value in values.dropFirst() {
      if case .integer(let offset) = value, offset >= 0 {
        answers.append(.success(.fresh(position(epoch, UInt64(offset)))))
      } else if let text = value.text, let answer = repeated(text) {
        answers.append(answer)
      } else {
        return nil
      }
    }
    return answers
  }

  private static func repeated(_ text: String) -> Result<Appended, HubError>? {
    if text == "conflict" {
      return .failure(HubError(.conflict, "the idempotency key was used for another event in this room; use a new key"))
    }
    let words = text.split(separator: " ")
    guard words.count == 3, let offset = UInt64(words[1]), let subscribers = Int(words[2]) else { return nil }
    return .success(.duplicate(position(String(words[0]), offset), subscribers: subscribers))
  }

  /// Ephemeral events have offset 0, and no position.
  private static func position(_ epoch: String, _ offset: UInt64) -> Position? {
    offset == 0 ? nil : Position(epoch: epoch, offset: offset)
  }
}
