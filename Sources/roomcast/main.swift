import Glibc
import HubIO
import HubWire

// The command: the first word picks what runs, its exit code is by sysexits.h.
let words = Array(CommandLine.arguments.dropFirst())
// Before any thread of the concurrency runtime starts: a signal goes to whichever thread does not block it.
if Command.takesSignals(words.first) { Signals.block() }
CryptoLibrary.outliveExit()
// Not an `async` main: that parks this thread in the dispatch library with every signal unblocked.
Task.detached { exit(await Command.run(words, environment: Command.environment)) }
while true { pause() }
