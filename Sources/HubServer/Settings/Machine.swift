import Glibc

/// What the machine offers, where a default depends on it.
package struct Machine: Sendable, Equatable {
  /// Cores this process may run on.
  package var cores: Int
  /// Descriptors this process may have open: the hard limit, to which the soft one is raised at start.
  package var descriptors: Int

  /// Descriptors that are not clients: listeners, the reactors' own, standard streams, files of the engine.
  package static let reservedDescriptors = 64

  package init(cores: Int, descriptors: Int) {
    self.cores = cores
    self.descriptors = descriptors
  }

  /// How many clients the descriptors leave room for; at least one.
  package var connections: Int { max(1, descriptors - Self.reservedDescriptors) }

  /// This process's share of the machine.
  package static var current: Machine {
    var limit = rlimit()
    let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    let descriptors = isKnown ? Int(clamping: limit.rlim_max) : 1_024
    let status = (try? SettingsFile.bytes(of: "/proc/self/status")) ?? []
    let cores = allowedCores(status: String(decoding: status, as: UTF8.self)) ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return Machine(cores: min(max(1, cores), 1_024), descriptors: min(descriptors, 100_000_000))
  }

  /// The cores in the affinity mask, which containers and `taskset` narrow, from the text of `/proc/self/status`.
  ///
  /// The kernel writes there what `sched_getaffinity` would tell, which Swift's Glibc module leaves out:
  /// `Cpus_allowed:` and hexadecimal groups parted by commas.
  static func allowedCores(status: String) -> Int? {
    let name = "Cpus_allowed:"
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
    let cores = line.dropFirst(name.count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    return cores > 0 ? cores : nil
  }
}
