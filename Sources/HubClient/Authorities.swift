import HubIO

/// Who is believed about who a hub is, over `https`.
public struct Authorities: Sendable {
  private enum Source {
    case system
    case file(TLSClientContext)
  }

  private let source: Source

  /// Those that the machine trusts. They are read once in a process, with the first connection that needs them.
  public static let system = Authorities(source: .system)

  private init(source: Source) {
    self.source = source
  }

  /// Those in a file in PEM form, and no others: for a hub whose certificate an authority of one's own has signed. The file
  /// is read now, which blocks for as long as that takes.
  ///
  /// - Throws: ``AuthoritiesError``, which names the file.
  public init(file: String) throws(AuthoritiesError) {
    do throws(TLSError) {
      source = .file(try TLSClientContext(authorities: file))
    } catch {
      throw AuthoritiesError(description: error.description)
    }
  }

  /// What connections are encrypted with: one for all of them.
  func context() async throws(WireError) -> TLSClientContext {
    switch source {
    case .file(let context): return context
    case .system:
      if let context = Self.shared.withLock({ $0 }) { return context }
      let result = await BlockingThread.run { () -> Result<TLSClientContext, TLSError> in
        do throws(TLSError) {
          return .success(try Self.readSystem())
        } catch {
          return .failure(error)
        }
      }
      do throws(TLSError) {
        return try result.get()
      } catch {
        throw WireError(reason: error.description)
      }
    }
  }

  private static let shared = Lock<TLSClientContext?>(nil)

  private static func readSystem() throws(TLSError) -> TLSClientContext {
    let context = try TLSClientContext()
    return shared.withLock { shared in
      shared = shared ?? context
      return shared ?? context
    }
  }
}

/// Why a file cannot say whom to believe.
public struct AuthoritiesError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file and what is wrong with it, as a sentence.
  public let description: String
}
