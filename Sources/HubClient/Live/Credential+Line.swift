import HubIO

extension Credential {
  /// The line of a request's head that shows it, for those who write requests themselves.
  ///
  /// - Throws: why there is none.
  package func line(within limit: Duration) async throws(CredentialError) -> String {
    let reactor = ClientReactor.shared
    let task = Task(executorPreference: reactor) { () -> Result<Secret, CredentialError> in
      do throws(CredentialError) {
        return .success(try await get(on: reactor, within: limit))
      } catch {
        return .failure(error)
      }
    }
    return "Authorization: Bearer \(try await task.value.get().text)"
  }
}
