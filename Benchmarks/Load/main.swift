// Load: a load generator for broadcast hubs, in one thread. `Load --help` tells what it does.
import Glibc

let arguments = CommandLine.arguments.dropFirst()

if arguments.first == "table" {
  Table.main(arguments.dropFirst())
} else {
  var generator = Generator(Options(arguments: arguments))
  generator.run()
  let report = Report(generator)
  print(report.text)
  exit(report.faults == 0 ? 0 : 1)
}
