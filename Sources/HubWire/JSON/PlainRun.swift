/// Finds the end of a plain run: string bytes that need no look of their own, which is ASCII without control
/// characters, quotation marks and backslashes.
///
/// A protocol of static functions, so that the scanner is compiled once for each way to do it, and tests can compare
/// the fast way with the obvious one.
package protocol PlainRun {
  /// The first place at or after `start` whose byte is not plain; the end of the input where all are.
  static func end(in input: Span<UInt8>, from start: Int) -> Int
}
