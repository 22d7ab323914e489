// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target. Each upcoming feature is here because it makes a mistake visible at compile time:
/// existentials are spelled out, imports do not leak, and async functions stay on their caller's executor (a reactor).
let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
]

/// The two targets that handle raw memory must mark each use of it with `unsafe`.
let rawMemory: [SwiftSetting] = house + [.strictMemorySafety()]

let package = Package(
  name: "roomcast",
  products: [
    .executable(name: "roomcast", targets: ["roomcast"]),
    .library(name: "HubServer", targets: ["HubServer"]),
    .library(name: "HubClient", targets: ["HubClient"]),
  ],
  dependencies: [],
  targets: [
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"]), .yum(["openssl-devel"])]),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .yum(["sqlite-devel"])]),
    .target(name: "CLinux"),
    .target(name: "CWeb", exclude: ["roomcast.js", "roomcast.d.ts", "console"]),

    .target(name: "HubWire", dependencies: ["COpenSSL"], swiftSettings: rawMemory),
    .target(name: "HubIO", dependencies: ["HubWire", "CLinux", "COpenSSL"], swiftSettings: rawMemory),
    .target(name: "HubRooms", dependencies: ["HubIO", "HubWire"], swiftSettings: house),
    .target(name: "HubDisk", dependencies: ["HubRooms", "HubIO", "HubWire", "CSQLite"], swiftSettings: house),
    .target(name: "HubRedis", dependencies: ["HubRooms", "HubIO", "HubWire"], swiftSettings: house),
    .target(
      name: "HubServer", dependencies: ["HubRooms", "HubIO", "HubWire", "COpenSSL", "CWeb"], swiftSettings: house),
    .target(name: "HubClient", dependencies: ["HubIO", "HubWire"], swiftSettings: house),
    .target(name: "HubLoad", dependencies: ["CLinux", "COpenSSL"], swiftSettings: house),
    .executableTarget(
      name: "roomcast",
      dependencies: ["HubServer", "HubClient", "HubLoad", "HubDisk", "HubRedis", "HubRooms", "HubIO", "HubWire"],
      swiftSettings: house),

    .target(
      name: "HubTesting",
      dependencies: ["HubServer", "HubClient", "HubDisk", "HubRedis", "HubRooms", "HubIO", "HubWire", "CSQLite"],
      swiftSettings: house),
    .testTarget(name: "HubWireTests", dependencies: ["HubWire", "HubTesting"], swiftSettings: house),
    .testTarget(name: "HubIOTests", dependencies: ["HubIO", "HubTesting", "COpenSSL"], swiftSettings: house),
    .testTarget(name: "HubRoomsTests", dependencies: ["HubRooms", "HubTesting"], swiftSettings: house),
    .testTarget(
      name: "EngineTests", dependencies: ["HubDisk", "HubRedis", "HubRooms", "HubIO", "HubWire", "HubTesting"],
      swiftSettings: house),
    .testTarget(
      name: "HubRedisTests", dependencies: ["HubRedis", "HubRooms", "HubIO", "HubWire", "HubTesting"],
      swiftSettings: house),
    .testTarget(
      name: "HubServerTests", dependencies: ["HubServer", "HubDisk", "HubTesting"], exclude: ["Stepped/Seeds.txt"],
      swiftSettings: house),
    .testTarget(
      name: "HubClientTests", dependencies: ["HubClient", "HubServer", "HubIO", "HubWire", "HubTesting"],
      swiftSettings: house),
    .testTarget(name: "HubLoadTests", dependencies: ["HubLoad"], swiftSettings: house),

    .executableTarget(name: "Yardstick", path: "Benchmarks/Yardstick"),
    .executableTarget(name: "Load", dependencies: ["HubLoad"], path: "Benchmarks/Load", swiftSettings: house),
  ],
  cLanguageStandard: .c2x
)

// scripts/simulate runs a release build of nothing but the simulator, which is there in a fraction of the time.
if Context.environment["ROOMCAST_SIMULATOR_BUILD"] != nil {
  package.products = []
  package.targets.removeAll { $0.type == .test || $0.type == .executable }
  package.targets.append(
    .testTarget(
      name: "HubServerTests", dependencies: ["HubServer", "HubDisk", "HubTesting"],
      path: "Tests/HubServerTests/Stepped", exclude: ["Seeds.txt"], swiftSettings: house))
}
