import Glibc
import HubDisk
import HubWire

/// The lines of `roomcast import`, one after the other into the store.
struct ImportLines {
  private static let command = "import"

  let store: StoreImport
  /// Whether somebody looks at standard error, and is shown how far it is.
  let isTerminal: Bool

  /// - Returns: the exit code.
  /// - Throws: where the store cannot be written.
  func run(_ lines: InputLines, isJSON: Bool) async throws(DiskError) -> Int32 {
    let refused = RefusedLines()
    let progress = ProgressLine(refused: refused, isShown: isTerminal)
    defer { progress.end() }
    var input = lines.makeAsyncIterator()
    var number = 0
    var trouble: (any Error)?
    do throws(DiskError) {
      while let line = await Self.next(&input, &trouble) {
        number += 1
        if line.isEmpty || line == [UInt8(ascii: "\r")] { continue }
        if let reason = try store.take(line) { refused.note(line: number, reason) }
        progress.show(accepted: store.report.events, failed: store.report.leftOut)
      }
      let report = try store.finish()
      progress.end()
      return tell(report, refused, trouble, isJSON: isJSON)
    } catch {
      progress.end()
      StandardError.write(
        "roomcast \(Self.command): stopped at line \(number); lines before it may be in the store: run it again when "
          + "this is mended")
      throw error
    }
  }

  private static func next(_ input: inout InputLines.Iterator, _ trouble: inout (any Error)?) async -> [UInt8]? {
    do {
      return try await input.next()
    } catch {
      trouble = error
      return nil
    }
  }

  private func tell(
    _ report: StoreImport.Report, _ refused: RefusedLines, _ trouble: (any Error)?, isJSON: Bool
  ) -> Int32 {
    let (count, problems) = refused.all
    for problem in problems { StandardError.write("roomcast \(Self.command): line \(problem.line): \(problem.text)") }
    if count > problems.count { StandardError.write("roomcast \(Self.command): and \(count - problems.count) more") }
    if let trouble {
      StandardError.write("roomcast \(Self.command): \(trouble); what came before it is in the store")
    }
    let line = isJSON ? Self.json(report) : Array(Self.sentence(report).utf8)
    guard StandardOutput.write(line: line), trouble == nil else { return EX_IOERR }
    return report.refused == 0 ? EX_OK : EX_DATAERR
  }

  private static func sentence(_ report: StoreImport.Report) -> String {
    var parts = [
      "imported \(StoreArguments.counted(report.events, "event")) into \(StoreArguments.counted(report.rooms, "room"))"
    ]
    if report.known > 0 { parts.append("\(report.known) were there already") }
    if report.older > 0 { parts.append("\(report.older) are older than what their rooms keep") }
    if report.refused > 0 { parts.append("\(StoreArguments.counted(report.refused, "line")) refused") }
    if report.leftOut > 0 { parts.append("\(report.leftOut) after those in their rooms left out") }
    return parts.joined(separator: "; ")
  }

  private static func json(_ report: StoreImport.Report) -> [UInt8] {
    JSONWriter.object { json in
      json.member("events", report.events)
      json.member("rooms", report.rooms)
      json.member("known", report.known)
      json.member("older", report.older)
      json.member("refused", report.refused)
      json.member("leftOut", report.leftOut)
    }
  }
}
