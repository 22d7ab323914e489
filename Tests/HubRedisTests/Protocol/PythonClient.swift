import Glibc
import HubIO
import HubTesting
import HubWire

/// redis-py: another reading of the same protocol, by other people. `scripts/test` puts it into `.build`.
enum PythonClient {
  private static let interpreter = ".build/redis-py/bin/python3"

  static var isInstalled: Bool { access(interpreter, X_OK) == 0 }

  /// Each answer on a line. It knows no difference between strings, none between arrays and sets, and cuts the first word
  /// of many errors off.
  private static let script = #"""
    import struct, sys
    from redis.connection import Connection
    from redis.exceptions import ResponseError

    def show(value):
        if value is None:
            return "null"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int):
            return str(value)
        if isinstance(value, float):
            return "double " + struct.pack(">d", value).hex()
        if isinstance(value, bytes):
            return "'" + value.hex() + "'"
        if isinstance(value, dict):
            return "{" + ",".join(show(key) + "," + show(value[key]) for key in value) + "}"
        if isinstance(value, list):
            return "[" + ",".join(map(show, value)) + "]"
        return "error " + str(value).split()[-1]

    connection = Connection(port=int(sys.argv[1]), protocol=int(sys.argv[2]), socket_timeout=60)
    connection.connect()
    commands = [[bytes.fromhex(word[1:]) for word in line.split()] for line in open(sys.argv[3])]
    for start in range(0, len(commands), 50):
        pipeline = commands[start:start + 50]
        connection.send_packed_command(connection.pack_commands(pipeline))
        for _ in pipeline:
            try:
                print(show(connection.read_response(disable_decoding=True)))
            except ResponseError as error:
                print(show(error))
    """#

  /// What it makes of the answers to commands.
  static func answers(of server: RedisServer, to commands: [[[UInt8]]], version: Int) throws -> [String] {
    let lines = commands.map { words in words.map { "x\(hexadecimal($0))" }.joined(separator: " ") }
    try write(lines.joined(separator: "\n"), to: "\(server.directory)/commands")
    try write(script, to: "\(server.directory)/client.py")
    let call = "\(interpreter) \(server.directory)/client.py \(server.port) \(version) \(server.directory)/commands"
    guard let output = popen(call, "re") else { throw SystemError("start Python") }
    defer { pclose(output) }
    var answers: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&piece, 1, piece.count, output), count > 0 { answers += piece.prefix(count) }
    return answers.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
  }

  /// How it would show a value.
  static func show(_ value: RESPValue) -> String {
    switch value {
    case .null: "null"
    case .boolean(let isTrue): "\(isTrue)"
    case .integer(let number): "\(number)"
    case .bigNumber(let digits): digits
    case .double(let number):
      "double \(hexadecimal((0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (56 - 8 * $0)) }))"
    case .simple(let text): "'\(hexadecimal(Array(text.utf8)))'"
    case .bulk(let bytes): "'\(hexadecimal(bytes))'"
    case .error(let text): "error \(text.split(separator: " ").last ?? "")"
    case .map(let elements): "{\(elements.map(show).joined(separator: ","))}"
    case .array(let elements), .set(let elements), .push(let elements):
      "[\(elements.map(show).joined(separator: ","))]"
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func write(_ text: String, to path: String) throws(SystemError) {
    guard let file = fopen(path, "we") else { throw SystemError("write \(path)") }
    fputs(text, file)
    fclose(file)
  }
}
