/// Text in columns.
package enum TextTable {
  /// One line a row; each column but the last is as wide as its widest cell, with two spaces after it.
  ///
  /// Control characters are escaped, so that a cell stays in its line.
  package static func aligned(_ rows: [[String]], indent: Int = 0) -> String {
    let rows = rows.map { $0.map(LogText.escaped) }
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.dropLast().enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.count)
      }
    }
    var text = ""
    for row in rows {
      text += String(repeating: " ", count: indent)
      for (column, cell) in row.enumerated() {
        text += cell
        if column < row.count - 1 { text += String(repeating: " ", count: widths[column] - cell.count + 2) }
      }
      text += "\n"
    }
    return text
  }
}
