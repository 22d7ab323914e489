/// All links of a simulation: each step lets bytes pass on one of them.
package final class SimulatedNetwork: Participant {
  private var kernels: [SimulatedKernel]
  private var links: [(index: Int, link: SimulatedLink)] = []

  package init(_ kernels: [SimulatedKernel]) {
    self.kernels = kernels
  }

  /// Connects to the reactor at `index`.
  package func connect(to index: Int, _ conduct: SimulatedLink.Conduct) -> SimulatedLink {
    let link = kernels[index].connect(conduct)
    links.append((index, link))
    return link
  }

  /// The process at the hub's end has ended: every connection breaks, and new ones lead to another process.
  package func restart(_ kernels: [SimulatedKernel]) {
    restart(self.kernels.indices, kernels)
    self.kernels = kernels
  }

  /// The same where that process had only those reactors; `kernels` are those of all.
  package func restart(_ indices: Range<Int>, _ kernels: [SimulatedKernel]) {
    for (index, link) in links where indices.contains(index) { link.reset() }
    links.removeAll { indices.contains($0.index) }
    self.kernels = kernels
  }

  package func step(_ random: inout SeededRandom) -> Bool {
    links.removeAll { $0.link.isOver }
    if links.isEmpty { return false }
    let first = random.number(in: 0..<links.count)
    for offset in links.indices where links[(first + offset) % links.count].link.step() { return true }
    return false
  }
}
