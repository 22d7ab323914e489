// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "orders",
  dependencies: [.package(path: "../roomcast")],
  targets: [
    .executableTarget(
      name: "orders", dependencies: [.product(name: "HubClient", package: "roomcast")])
  ]
)
