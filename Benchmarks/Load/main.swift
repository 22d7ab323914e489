// Load: a load generator for broadcast hubs, in one thread. `Load --help` tells what it does.
import Glibc
import HubLoad

let arguments = CommandLine.arguments.dropFirst()

if arguments.first == "table" {
  Table.main(arguments.dropFirst())
} else {
  let options = LoadOptions(arguments: arguments)
  if options.mode == .fsync {
    SyncProbe.main(options)
  } else {
    let report: LoadReport
    do throws(LoadError) {
      var generator = try Generator(options)
      defer { for remark in generator.remarks { complain(remark) } }
      try generator.run()
      report = LoadReport(generator)
    } catch {
      if error.kind == .misuse { LoadOptions.misused(error.description) }
      fail(error.description)
    }
    print(report.text)
    exit(report.faults == 0 ? 0 : 1)
  }
}
