import HubIO
import HubWire

/// All services that may be called, by their names: nothing else is ever called.
struct HTTPTargets: Sendable {
  private let targets: [String: HTTPTarget]

  /// Reads the files that the settings name; it blocks for as long as that takes.
  /// - Throws: all that is wrong with secrets and authorities.
  init(
    _ settings: WebhookSettings, readFile: (String) throws -> [UInt8] = SettingsFile.bytes(of:)
  ) throws(AuthenticatorError) {
    var targets: [String: HTTPTarget] = [:]
    var problems: [AuthenticatorError.Problem] = []
    for (index, target) in settings.targets.enumerated() {
      do throws(AuthenticatorError) {
        targets[target.name] = try Self.prepare(target, "[\(index)]", readFile)
      } catch {
        problems += error.problems
      }
    }
    guard problems.isEmpty else { throw AuthenticatorError(problems: problems) }
    self.targets = targets
  }

  subscript(name: String) -> HTTPTarget? { targets[name] }
  var all: [HTTPTarget] { targets.values.sorted { $0.name < $1.name } }

  private static func prepare(
    _ target: WebhookTargetSettings, _ place: String, _ readFile: (String) throws -> [UInt8]
  ) throws(AuthenticatorError) -> HTTPTarget {
    let url: WebhookURL
    do throws(WebhookURLError) {
      url = try WebhookURL(target.url)
    } catch {
      throw problem("\(place).url", error.message, error.mend)
    }
    let key: WebhookKey
    var inside = "\(place).secret"
    do throws(SignatureKeyError) {
      switch target.secret {
      case .text(let text): key = try WebhookKey(Array(text.revealed.utf8))
      case .file(let file):
        inside += "File"
        key = try WebhookKey(TokenKeyReader.withoutLineBreak(try TokenKeyReader.bytes(of: file, readFile)))
      }
    } catch {
      throw problem(inside, error.message, error.mend)
    }
    do throws(TLSError) {
      let tls = url.isEncrypted ? try TLSClientContext(authorities: target.authorities) : nil
      return HTTPTarget(name: target.name, url: url, key: key, tls: tls)
    } catch {
      throw problem("\(place).authorities", "\(error)", "name a file of certificates in PEM form")
    }
  }

  private static func problem(_ inside: String, _ message: String, _ mend: String) -> AuthenticatorError {
    AuthenticatorError(problems: [
      AuthenticatorError.Problem(key: "webhooks.targets", inside: inside, message: message, mend: mend)
    ])
  }
}
