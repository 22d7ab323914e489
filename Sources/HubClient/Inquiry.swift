import HubIO

/// One question to the program for a credential, with a limit of time. Touched on the reactor's thread only.
final class Inquiry: @unchecked Sendable {
  private let reactor: Reactor
  private let pause: Pause
  private var answer: Result<Secret, CredentialError>?

  init(on reactor: Reactor) {
    self.reactor = reactor
    pause = Pause(reactor: reactor)
  }

  /// - Throws: where there is no answer in time, or none that could be a credential.
  func run(
    _ ask: @escaping @Sendable () async throws -> String, within limit: Duration
  ) async throws(CredentialError) -> Secret {
    let reactor = reactor
    let asking = Task {
      let answer = await Self.answer(of: ask)
      await Task(executorPreference: reactor) { self.settle(answer) }.value
    }
    await withTaskCancellationHandler {
      await pause.wait(for: limit)
    } onCancel: {
      Task(executorPreference: reactor) { self.pause.end() }
    }
    guard let answer else {
      asking.cancel()
      throw CredentialError(Task.isCancelled ? "nobody waits for it any more" : "it was not given within \(limit)")
    }
    return try answer.get()
  }

  private func settle(_ answer: Result<Secret, CredentialError>) {
    self.answer = answer
    pause.end()
  }

  private static func answer(
    of ask: @escaping @Sendable () async throws -> String
  ) async -> Result<Secret, CredentialError> {
    let text: String
    do {
      text = try await ask()
    } catch {
      return .failure(CredentialError("it cannot be had: \(error)"))
    }
    do throws(CredentialError) {
      return .success(try Secret(text))
    } catch {
      return .failure(error)
    }
  }
}
