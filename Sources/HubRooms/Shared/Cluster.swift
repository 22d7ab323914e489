/// The nodes that share an engine: who is there, and a way to ask them.
package protocol Cluster: AnyObject, Sendable {
  /// This node makes itself known, and answers what others ask, on any reactor. Called once, when it accepts connections.
  ///
  /// - Parameters:
  ///   - node: its name, which no other run of a hub has.
  ///   - status: asked for every few seconds.
  ///   - answer: gets what another node asks.
  func join(
    as node: String, status: @escaping @Sendable () -> NodeStatus,
    answering answer: @escaping @Sendable ([UInt8]) async -> [UInt8])

  /// The nodes as they were known last, this one included.
  var nodes: [NodeRecord] { get }

  /// How often the way to the others was made anew: each time that this grows, what they have said before may be missed.
  var renewals: Int { get }

  /// Tells the others this node's status at once, instead of in a few seconds.
  func announce() async

  /// This node goes: the others see it at once.
  func leave() async

  /// Asks every other node. Who does not answer within `limit` is missing in what is returned, in no order.
  func ask(_ question: [UInt8], within limit: Duration) async -> [NodeAnswer]
}

/// What a node tells of itself.
package struct NodeStatus: Sendable, Equatable {
  package var version: String
  package var connections: Int
  /// How busy its reactors are, from 0 to 1.
  package var load: Double
  /// When it started, in milliseconds since 1970.
  package var since: Int64
  package var isDraining: Bool

  package init(version: String, connections: Int, load: Double, since: Int64, isDraining: Bool) {
    self.version = version
    self.connections = connections
    self.load = load
    self.since = since
    self.isDraining = isDraining
  }
}

/// A node of the cluster.
package struct NodeRecord: Sendable, Equatable {
  package let name: String
  package let status: NodeStatus

  package init(name: String, status: NodeStatus) {
    self.name = name
    self.status = status
  }
}

/// What one node has answered.
package struct NodeAnswer: Sendable, Equatable {
  package let node: String
  package let content: [UInt8]

  package init(node: String, content: [UInt8]) {
    self.node = node
    self.content = content
  }
}
