/// Begins and ends the transactions of a connection.
final class Transactions {
  private let database: Database
  private let begin: Statement
  private let commit: Statement

  init(_ database: Database) throws(SQLiteError) {
    self.database = database
    begin = try database.prepare("BEGIN IMMEDIATE")
    commit = try database.prepare("COMMIT")
  }

  /// Runs `body` in a transaction; nothing of it stays where it throws.
  func run(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
    try begin.run()
    do throws(SQLiteError) {
      try body()
      try commit.run()
    } catch {
      // Some errors have ended the transaction already. Where this fails too, the connection is not used again.
      if database.isInTransaction { try? database.execute("ROLLBACK") }
      throw error
    }
  }
}
