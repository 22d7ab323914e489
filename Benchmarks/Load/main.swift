// Load: a load generator for broadcast hubs, in one thread. `Load --help` tells what it does.
import Glibc

let arguments = CommandLine.arguments.dropFirst()

if arguments.first == "table" {
  Table.main(arguments.dropFirst())
} else {
  let options = Options(arguments: arguments)
  if options.mode == .fsync {
    SyncProbe.main(options)
  } else {
    var generator = Generator(options)
    generator.run()
    let report = Report(generator)
    print(report.text)
    exit(report.faults == 0 ? 0 : 1)
  }
}
