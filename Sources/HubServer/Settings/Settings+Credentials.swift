public import HubWire

/// An API key of a backend service, known by its digest.
public struct APIKeySettings: Sendable, Hashable {
  /// What people call it, in logs and settings.
  public var name: String
  /// SHA-256 of the whole text of the key, in 64 lower-case hexadecimal digits.
  public var sha256: String
  /// What it may do.
  public var scopes: Scopes
  /// The rooms in which it may publish and read. Default: all.
  public var rooms: [RoomPattern]

  public init(name: String, sha256: String, scopes: Scopes, rooms: [RoomPattern] = [.all]) {
    self.name = name
    self.sha256 = sha256
    self.scopes = scopes
    self.rooms = rooms
  }
}

/// A key that signs the tokens of clients.
public struct TokenKeySettings: Sendable, Hashable {
  /// Where the key is.
  public enum Material: Sendable, Hashable {
    /// A shared secret of at least 32 bytes, for HS256.
    case secret(HiddenText)
    /// A file whose bytes are such a secret, but for one line break at their end.
    case secretFile(String)
    /// A file with a public key in PEM form.
    case publicKeyFile(String)
  }

  /// What the `kid` of a token calls it.
  public var id: String?
  /// The one algorithm that it signs with.
  public var algorithm: SignatureAlgorithm
  /// Where the key is.
  public var material: Material

  public init(id: String? = nil, algorithm: SignatureAlgorithm, material: Material) {
    self.id = id
    self.algorithm = algorithm
    self.material = material
  }
}

/// How tokens of clients are checked.
public struct TokenSettings: Sendable, Equatable {
  /// Keys that tokens may be signed with. Default: none.
  public var keys: [TokenKeySettings] = []
  /// A file with more of them, as a JSON Web Key Set. Default: none.
  public var jwks: String?
  /// Of which a token's `aud` must name one; empty: it is not looked at. Default: none.
  public var audience: [String] = []
  /// Of which a token's `iss` must be one; empty: it is not looked at. Default: none.
  public var issuer: [String] = []
  /// How far clocks may be apart, up to 1 hour. Default: 60 seconds.
  public var leeway = Duration.seconds(60)
  /// Time a connection has to refresh its expired token, up to 1 hour. Default: 25 seconds.
  public var grace = Duration.seconds(25)

  public init() {}
}
