import HubIO
import HubRooms
import HubTesting
import HubWire
import Testing

@testable import HubServer

/// How nodes learn whose tokens the others refuse.
@Suite struct RevocationExchangeTests {
  private static func refuses(_ hub: Hub, _ user: String) -> Bool {
    do throws(HubError) {
      try hub.node.revocations.check(Grant(source: .token("key"), user: user, issued: 1_000))
      return false
    } catch {
      return true
    }
  }

  /// One look of a node at the others.
  private static func look(_ scene: ClusterScene, _ index: Int, _ known: Acquaintances) async throws -> Acquaintances {
    let cluster = try #require(scene.engines[index].cluster)
    return await scene.hubs[index].workers[0].perform { await NodeWatch(worker: $0).learn(from: cluster, known) }
  }

  @Test func `whoever sees a new node asks it, and no other again`() async throws {
    let scene = try ClusterScene(3)
    // The hub asks by itself too, once: what counts is whom it asks here.
    scene.hubs[2].node.revocations.revoke("bob", at: 1_000)
    var known = Acquaintances(of: scene.names[0])
    let now = scene.hubs[0].workers[0].reactor.kernel.now()
    known.note(.init(nodes: [scene.names[1]]), silent: [], at: now)
    known = try await Self.look(scene, 0, known)
    #expect(Self.refuses(scene.hubs[0], "bob"))
    #expect(scene.cluster.questions(of: scene.names[0]).contains { $0.contains(#""nodes":["\#(scene.names[2])"]"#) })
    let nodes = Set(scene.names)
    #expect(known.next(nodes, renewals: 0, returned: [], at: now + .seconds(1_000)).nodes.isEmpty)
  }

  @Test func `who does not answer is asked again`() async throws {
    let scene = try ClusterScene(2)
    let start = scene.hubs[0].workers[0].reactor.kernel.now()
    scene.cluster.silence(scene.names[1])
    var known = try await Self.look(scene, 0, Acquaintances(of: scene.names[0]))
    let round = known.next(Set(scene.names), renewals: 0, returned: [], at: start + .seconds(60))
    #expect(round == .init(nodes: [scene.names[1]]))
  }

  @Test func `after its way to the others was cut, a node asks them again, and they ask it`() async throws {
    let scene = try ClusterScene(2)
    let (own, other) = (scene.names[0], scene.names[1])
    // Both have asked, long ago.
    var knowledge = [Acquaintances(of: own), Acquaintances(of: other)]
    knowledge[0].note(
      .init(nodes: [other]), silent: [], at: scene.hubs[0].workers[0].reactor.kernel.now() + .seconds(-9))
    knowledge[1].note(.init(nodes: [own]), silent: [], at: scene.hubs[1].workers[0].reactor.kernel.now() + .seconds(-9))
    scene.hubs[0].node.revocations.revoke("ann", at: 1_000)
    scene.hubs[1].node.revocations.revoke("bob", at: 1_000)
    for index in 0..<2 { knowledge[index] = try await Self.look(scene, index, knowledge[index]) }
    let isTold = { scene.cluster.questions(of: own).contains { $0.contains(#""returned":"\#(own)""#) } }
    #expect(!isTold())
    scene.cluster.renew(own)
    knowledge[0] = try await Self.look(scene, 0, knowledge[0])
    #expect(Self.refuses(scene.hubs[0], "bob") && isTold())
    // The hub's own look may take the word that the other is back.
    for _ in 0..<10 where !Self.refuses(scene.hubs[1], "ann") {
      scene.hubs[1].node.noteReturned(own)
      knowledge[1] = try await Self.look(scene, 1, knowledge[1])
    }
    #expect(Self.refuses(scene.hubs[1], "ann"))
  }

  @Test func `who says that it is back is asked once, by those whom it has told`() async throws {
    let scene = try ClusterScene(1)
    let name = scene.names[0]
    for (nodes, isNoted) in [(["x"], false), (["x", name], true)] {
      var question = NodeQuestion(method: .get, path: NodeQuestion.revocations, time: 0)
      (question.nodes, question.returned) = (nodes, "x")
      let read = try NodeQuestion(question.encode())
      #expect(read.nodes == nodes && read.returned == "x")
      let answer = await scene.hubs[0].workers[0].perform { worker in
        let body = try? await NodeRoute(worker: worker).bodyForNode(read)
        return (body: String(decoding: body ?? [], as: UTF8.self), returned: worker.node.takeReturned())
      }
      #expect(answer.returned == (isNoted ? ["x"] : []))
      #expect(answer.body.contains("revoked") == isNoted)
    }
    #expect(scene.hubs[0].node.takeReturned().isEmpty)
  }

  @Test func `users' events are not crowded out by what nodes ask each other`() {
    let answers = NodeAnswers([])
    for _ in 0..<NodeAnswers.maximumOthers { #expect(answers.begin(false)) }
    #expect(!answers.begin(false))
    for _ in 0..<NodeAnswers.maximumEvents { #expect(answers.begin(true)) }
    #expect(!answers.begin(true))
    answers.end(false)
    #expect(!answers.begin(true) && answers.begin(false))
    answers.end(true)
    #expect(!answers.begin(false) && answers.begin(true))
  }
}
