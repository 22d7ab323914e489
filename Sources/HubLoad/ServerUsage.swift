import Glibc

/// What the server burns and holds, read from outside.
package struct ServerUsage {
  struct CPU {
    /// Seconds of all its threads, from its CPU clock: to the nanosecond, where `/proc` counts hundredths.
    var total = 0.0
    /// The part of it in the kernel, from `/proc/PID/stat`.
    var system = 0.0
  }

  let processes: [Int32]

  /// Whether the system tells of a process.
  package static func knows(_ process: Int32) -> Bool {
    var clock = clockid_t()
    return process > 0 && clock_getcpuclockid(process, &clock) == 0
  }

  func cpu() -> CPU {
    var sum = CPU()
    for process in processes {
      var clock = clockid_t()
      var time = timespec()
      guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { continue }
      sum.total += Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
      // The command's name may hold anything: fields are counted from the last parenthesis, the 15th of all being `stime`.
      let fields = Self.text(of: "/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
      if fields.count > 12, let ticks = Double(fields[12]) { sum.system += ticks / Double(sysconf(Int32(_SC_CLK_TCK))) }
    }
    return sum
  }

  /// Resident memory in KiB.
  func resident() -> Int {
    processes.reduce(0) { sum, process in
      let line = Self.text(of: "/proc/\(process)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
      return sum + (line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) } ?? 0)
    }
  }

  /// Seconds of CPU that this process burnt.
  static func own() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// A small file's text; empty when it cannot be read.
  package static func text(of path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    while true {
      let chunk = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
        count = max(0, read(file, buffer.baseAddress, buffer.count))
      }
      if chunk.isEmpty { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk
    }
  }
}
