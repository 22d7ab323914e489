import Testing

@testable import HubLoad

@Suite struct BenchPlanTests {
  private func plan(_ change: (inout BenchPlan.Wishes) -> Void = { _ in }) throws -> BenchPlan {
    var wishes = BenchPlan.Wishes()
    change(&wishes)
    return try BenchPlan(wishes)
  }

  private func problems(_ change: (inout BenchPlan.Wishes) -> Void) -> [String] {
    do { _ = try plan(change) } catch { return (error as? BenchPlanError)?.problems ?? [] }
    return []
  }

  @Test func `without wishes all cases run three times`() throws {
    let plan = try plan()
    #expect(plan.cases.map(\.name) == BenchCase.all.map(\.name) && plan.runs == 3 && plan.size.subscribers == 1000)
  }

  @Test func `cases run in the order given, each once`() throws {
    #expect(try plan { $0.cases = "post,window-1,post" }.cases.map(\.name) == ["post", "window-1"])
  }

  @Test func `quick is one short run, and what is named besides beats it`() throws {
    let plan = try plan {
      $0.isQuick = true
      $0.runs = "2"
      $0.seconds = "0.5"
    }
    #expect(plan.runs == 2 && plan.size.seconds == 0.5 && plan.size.warmup < 1)
  }

  @Test func `all that is wrong is told at once, with the bounds`() {
    let problems = problems {
      ($0.cases, $0.runs, $0.seconds, $0.subscribers) = ("window-2,", "0", "nan", "many")
    }
    #expect(problems.count == 5 && problems[0].contains("window-16") && problems[2].contains("1 to 100"))
  }

  @Test func `connect is made as large as descriptors allow, and says so`() throws {
    var plan = try plan { $0.cases = "connect,post" }
    #expect(try plan.fit(descriptors: 20_000) == nil && plan.size.idle == 10_000)
    let told = try #require(try plan.fit(descriptors: 4096))
    #expect(told.contains("4096") && plan.size.idle < 4096 && plan.size.idle > 3900)
    #expect(try plan.fit(descriptors: 4096) == nil)
  }

  @Test func `too few descriptors for another case are an error with a mend`() throws {
    var plan = try plan { $0.cases = "window-1" }
    do throws(BenchPlanError) {
      _ = try plan.fit(descriptors: 1024)
      Issue.record("it fits")
    } catch {
      #expect(error.problems.first?.contains("--subscribers") == true)
    }
    var small = try self.plan {
      $0.cases = "window-1"
      $0.subscribers = "100"
    }
    #expect(try small.fit(descriptors: 1024) == nil)
  }

  @Test func `the notice names the hub, the rooms, the size and where it is not here`() throws {
    let plan = try plan { $0.isQuick = true }
    let notice = plan.notice(hub: "https://hub.test", rooms: "bench-x-", isHere: false)
    for part in ["2000 connections", "https://hub.test", "not on this machine", "bench-x-", "history"] {
      #expect(notice.contains(part))
    }
    let silent = try self.plan { $0.cases = "connect" }.notice(hub: "h", rooms: "bench-x-", isHere: true)
    #expect(!silent.contains("publishing") && !silent.contains("machine"))
  }

  @Test func `the notice says how fast is published`() throws {
    func notice(_ cases: String) throws -> String {
      try self.plan { $0.cases = cases }.notice(hub: "h", rooms: "r-", isHere: true)
    }
    #expect(try notice("latency,connect").contains("publishing 20 messages a second into"))
    #expect(try notice("latency,post").contains("publishing as fast as it takes events into"))
  }

  @Test func `connect has ten times the subscribers, up to its own number`() throws {
    func idle(_ subscribers: String?, isQuick: Bool = false) throws -> Int {
      try plan { ($0.subscribers, $0.isQuick) = (subscribers, isQuick) }.size.idle
    }
    #expect(try idle(nil) == 10_000 && idle("50") == 500 && idle("5000") == 10_000)
    #expect(try idle("5000", isQuick: true) == 2000)
  }

  @Test func `each case has rooms of its own, and a percent sign in their names is no placeholder`() throws {
    let benchCase = try #require(BenchCase.named("rooms-100"))
    let options = benchCase.options(LoadOptions(mode: .connect), BenchCase.Size(), rooms: "a%20b-")
    let path = Template(options.path)
    defer { path.free() }
    #expect(path.text(Template.Values(room: 7)) == "/v1/rooms/a%20b-rooms-100-7/events")
    #expect(options.rooms == 100 && options.publishConnections == 16 && options.ordersAreDefined)
  }

  @Test func `cases load as they are told in the benchmarks`() throws {
    func options(_ name: String) throws -> LoadOptions {
      try #require(BenchCase.named(name)).options(LoadOptions(mode: .connect), BenchCase.Size(), rooms: "r-")
    }
    #expect(try options("window-64").window == 64 && options("window-64").publishConnections == 64)
    #expect(try options("post").subscribers == 0 && options("post").mode == .http)
    #expect(try options("connect").subscribers == 10_000 && options("connect").publishConnections == 0)
    #expect(try options("latency").publishRate == 20 && options("latency").subscribers == 1000)
  }
}
