import Glibc

// The command: the first word picks what runs, its exit code is by sysexits.h.
let words = Array(CommandLine.arguments.dropFirst())
exit(await Command.run(words, environment: Command.environment))
