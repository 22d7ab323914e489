import Testing

@testable import HubServer

@Suite struct MachineTests {
  @Test(arguments: [
    ("Name:\tx\nCpus_allowed:\tf\nCpus_allowed_list:\t0-3\n", 4), ("Cpus_allowed:\tff,00000001\n", 9),
    ("Cpus_allowed:\t0\n", nil), ("", nil),
  ])
  func `cores are those of the affinity mask`(status: String, cores: Int?) {
    #expect(Machine.allowedCores(status: status) == cores)
  }

  @Test func `this machine has a core and room for a connection`() {
    #expect((1...1_024).contains(Machine.current.cores))
    #expect(Machine.current.connections >= 1)
  }

  @Test func `descriptors that are not clients are set aside`() {
    #expect(Machine(cores: 1, descriptors: 1_024).connections == 960)
    #expect(Machine(cores: 1, descriptors: 10).connections == 1)
  }
}
