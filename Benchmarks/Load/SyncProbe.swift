import Glibc
import HubLoad

/// `Load fsync`: how many small appends a second the disk makes last, with `fdatasync` and with `fsync`.
///
/// What a durable server can commit is bounded by it. The two calls take turns in short slices, so that what else the disk
/// does weighs on both.
struct SyncProbe {
  private enum Call { case fdatasync, fsync }

  /// How often one call was made, and how long it took.
  private struct Tally: ~Copyable {
    var calls = 0
    var nanoseconds: UInt64 = 0
    var times = Histogram()

    var perSecond: Double { nanoseconds > 0 ? Double(calls) * 1e9 / Double(nanoseconds) : 0 }
  }

  private static let slice: UInt64 = 100_000_000

  /// Appends for `--seconds` and prints the line of JSON.
  static func main(_ options: LoadOptions) {
    let path = "\(options.directory)/load-fsync-\(getpid())"
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if file < 0 { fail("\(path): \(LoadError.last)") }
    var data = Tally()
    var full = Tally()
    let block = [UInt8](repeating: 0x78, count: max(1, options.payload))
    let end = monotonicNow() + options.seconds.nanoseconds
    var problem: String?
    repeat {
      problem = append(block, to: file, with: .fdatasync, &data) ?? append(block, to: file, with: .fsync, &full)
    } while problem == nil && monotonicNow() < end
    close(file)
    unlink(path)
    if let problem { fail("\(path): \(problem)") }

    if !options.jsonOnly {
      print("\(data.perSecond.fixed(0)) appends with fdatasync a second, \(full.perSecond.fixed(0)) with fsync")
    }
    var json = JSONLine()
    json.add("label", options.label)
    json.add("mode", options.mode.rawValue)
    json.add("payload", block.count)
    add("fdatasync", data, to: &json)
    add("fsync", full, to: &json)
    print(json.text)
  }

  /// Appends with one call for the time of a slice. What went wrong, if anything.
  private static func append(_ block: [UInt8], to file: Int32, with call: Call, _ tally: inout Tally) -> String? {
    let start = monotonicNow()
    var last = start
    while last - start < slice {
      guard write(file, block, block.count) == block.count else { return LoadError.last }
      guard (call == .fsync ? Glibc.fsync(file) : Glibc.fdatasync(file)) == 0 else { return LoadError.last }
      let now = monotonicNow()
      tally.calls += 1
      tally.times.add(now - last)
      last = now
    }
    tally.nanoseconds += last - start
    return nil
  }

  private static func add(_ name: String, _ tally: borrowing Tally, to json: inout JSONLine) {
    json.add("\(name)_per_s", tally.perSecond)
    json.add("\(name)_p50_us", tally.times.percentile(50))
    json.add("\(name)_p99_us", tally.times.percentile(99))
  }
}
