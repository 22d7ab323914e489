import Glibc

/// How many files this process may have open.
package enum DescriptorLimit {
  private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

  /// As far as it can be raised without being root.
  package static var hard: Int {
    var limit = rlimit()
    getrlimit(resource, &limit)
    return Int(clamping: limit.rlim_max)
  }

  /// - Throws: where it cannot be so high, with what mends it.
  static func raise(to needed: Int) throws(LoadError) {
    var limit = rlimit()
    getrlimit(resource, &limit)
    if limit.rlim_cur >= rlim_t(needed) { return }
    limit.rlim_cur = rlim_t(needed)
    limit.rlim_max = max(limit.rlim_max, rlim_t(needed))
    if setrlimit(resource, &limit) != 0 {
      throw LoadError(.failure, "cannot raise the limit of open files to \(needed): \(LoadError.last)")
    }
  }
}
