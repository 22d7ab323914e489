import HubRooms
import HubTesting
import HubWire

@testable import HubServer

/// Plans in which namespaces say something.
extension StormPlan {
  private static func everyRoom(_ change: (inout NamespaceSettings) -> Void) -> [NamespaceSettings] {
    var namespace = NamespaceSettings(name: .all)
    change(&namespace)
    return [namespace]
  }

  /// Who does not keep up misses what it did not get, though history has it.
  static let slowGap = plan {
    $0 = slow
    $0.settings.namespaces = everyRoom { $0.slow = .gap }
    $0.losesNothing = false
  }

  /// Who does not keep up is sent away, and comes back to where it was.
  static let slowClose = plan {
    $0 = slow
    $0.settings.namespaces = everyRoom { $0.slow = .close }
  }

  /// Newcomers get the latest event, though history is short, from memory or from the disk.
  static let lastValue = plan {
    $0.store = .disk
    $0.settings.history.room.age = .milliseconds(200)
    $0.settings.namespaces = everyRoom {
      $0.lastValue = true
      $0.history.events = 4
    }
    $0.kills = 40
    $0.sweeps = true
    $0.stalls = true
    $0.losesNothing = false
  }

  /// Rooms are deleted while everybody is in them.
  static let deletions = plan {
    $0 = slow
    $0.deletions = 6
    $0.manyStreams = 2
    $0.eventStreams = 2
    // The real client has no room left then, and ends.
    $0.subscribers = 0
    $0.actions = 160
    $0.losesNothing = false
    $0.exclusions = true
  }

  /// The same on a disk that fails, by processes that are killed.
  static let diskDeletions = plan {
    $0 = disk
    $0.deletions = 8
    // A key that was used may be used for another event when its room was deleted.
    $0.mistakes = false
    $0.manyStreams = 2
    $0.subscribers = 0
    $0.kills = 50
    $0.powerLosses = 50
    $0.sweeps = true
    $0.losesNothing = false
  }
}
