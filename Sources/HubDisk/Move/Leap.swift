/// Finds where reading can go on behind a damaged part.
enum Leap {
  /// The first number above `failed`, up to `end`, from which on something can be read; nil where there is none.
  ///
  /// Damage covers whole pages, so this looks ahead in steps that double, and then searches back for its end.
  static func next(after failed: Int64, through end: Int64, isReadable: (Int64) -> Bool) -> Int64? {
    var broken = failed
    var step: Int64 = 1
    while broken < end {
      let place = end - broken > step ? broken + step : end
      if isReadable(place) { return first(above: broken, through: place, isReadable) }
      broken = place
      step = step > Int64.max / 2 ? step : step * 2
    }
    return nil
  }

  /// - Parameters:
  ///   - broken: cannot be read from.
  ///   - readable: can be read from.
  private static func first(above broken: Int64, through readable: Int64, _ isReadable: (Int64) -> Bool) -> Int64 {
    var broken = broken
    var readable = readable
    while readable - broken > 1 {
      let middle = broken + (readable - broken) / 2
      if isReadable(middle) { readable = middle } else { broken = middle }
    }
    return readable
  }
}
