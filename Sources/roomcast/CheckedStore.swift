import Glibc
import HubDisk
import HubServer
import HubWire

/// What `roomcast check` finds where the engine's store should be.
struct CheckedStore {
  private enum Finding {
    /// Not there yet, and a hub would make it.
    case new
    case report(StoreReport)
    case error(DiskError)
  }

  private let directory: String
  /// Whether the command line asks for this store by name; a file of settings may come before its store.
  private let isAsked: Bool
  private let finding: Finding

  /// Nil where the engine has no store.
  init?(_ reading: SettingsReading) {
    guard case .disk(let directory) = reading.settings.engine else { return nil }
    self.directory = directory
    if case .argument = reading.origin(of: "engine") { isAsked = true } else { isAsked = false }
    do throws(DiskError) {
      finding = .report(try StoreCheck.run(directory))
    } catch {
      finding = StoreCheck.isNew(directory) ? .new : .error(error)
    }
  }

  var isRight: Bool { exitCode == EX_OK }

  var exitCode: Int32 {
    switch finding {
    case .new: isAsked ? EX_NOINPUT : EX_OK
    case .report(let report): report.isRight ? EX_OK : EX_DATAERR
    case .error(let error): error.exitCode
    }
  }

  /// What is wrong, each with what to do.
  var problems: [String] {
    switch finding {
    case .new: isAsked ? ["there is no store in \(directory) yet; it will be made at the first start of a hub"] : []
    case .error(let error):
      error.kind == .directory
        ? ["\(error), and a hub cannot make one there: it needs a directory, or one to make it in"] : ["\(error)"]
    case .report(let report):
      report.problems.map { "\($0.what); \($0.mend)" }
        + (report.problemCount > report.problems.count
          ? ["and \(report.problemCount - report.problems.count) more"] : [])
    }
  }

  // MARK: For people

  /// A table, aligned.
  var table: String {
    switch finding {
    case .new: return TextTable.aligned([["STORE", directory], ["state", "will be made at the first start"]])
    case .error: return TextTable.aligned([["STORE", directory], ["state", "cannot be checked"]])
    case .report(let report):
      var rows = [
        ["STORE", directory],
        ["state", report.isRight ? "whole" : "damaged"],
        ["schema", "\(report.schema)"],
        ["rooms", "\(report.rooms)"],
        ["events", "\(report.events)"],
        ["bytes of events", "\(report.bytes)"],
        ["bytes of files", "\(report.fileBytes)"],
        ["oldest event", report.oldestTime.map { "\(Self.age(of: $0)) old" } ?? "-"],
        ["idempotency keys", "\(report.keys)"],
      ]
      if report.leftovers > 0 { rows.append(["to be removed", "\(report.leftovers) events of rooms that are gone"]) }
      return TextTable.aligned(rows)
    }
  }

  /// In two units: `3d 4h`, `2m 10s`.
  private static func age(of time: Int64) -> String {
    let seconds = max(0, now - time) / 1000
    let units: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")]
    let first = units.firstIndex { seconds >= $0.0 } ?? units.count - 1
    var rest = seconds
    return units[first...].prefix(2).map { unit in
      defer { rest %= unit.0 }
      return "\(rest / unit.0)\(unit.1)"
    }.joined(separator: " ")
  }

  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  // MARK: For machines

  /// One JSON object.
  var json: String {
    let bytes = JSONWriter.object { json in
      json.member("directory", directory)
      json.member("ok", isRight)
      switch finding {
      case .new: json.member("exists", false)
      case .error(let error): json.member("message", "\(error)")
      case .report(let report): Self.write(report, to: &json)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func write(_ report: StoreReport, to json: inout JSONWriter) {
    json.member("exists", true)
    json.member("schema", report.schema)
    json.member("rooms", report.rooms)
    json.member("events", report.events)
    json.member("bytes", report.bytes)
    json.member("fileBytes", report.fileBytes)
    json.key("oldestTime")
    if let time = report.oldestTime { json.integer(time) } else { json.null() }
    json.member("keys", report.keys)
    json.member("leftovers", report.leftovers)
    json.member("problemCount", report.problemCount)
    json.key("problems")
    json.beginArray()
    for problem in report.problems {
      json.beginObject()
      json.member("message", problem.what)
      json.member("mend", problem.mend)
      json.endObject()
    }
    json.endArray()
  }
}
