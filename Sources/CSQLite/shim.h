#pragma once
#include <sqlite3.h>

/// Closing the last connection neither checkpoints the write-ahead log nor removes it. (`sqlite3_db_config` takes a
/// variable number of arguments, which Swift cannot call.)
static inline int csqlite_keep_log_on_close(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

/// Writes the write-ahead log again, byte for byte, and syncs it. The log must be open: somebody has read before.
///
/// What a failed sync leaves looks as if it were written, and is not: Linux takes such pages for clean. Written again
/// they are dirty again, and the next sync means what it says.
static inline int csqlite_rewrite_log(sqlite3 *database) {
  sqlite3_file *log = 0;
  sqlite3_int64 size = 0, offset = 0;
  char block[4096];
  int result = sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (result != SQLITE_OK || !log || !log->pMethods) return result;
  result = log->pMethods->xFileSize(log, &size);
  while (result == SQLITE_OK && offset < size) {
    int count = size - offset < (sqlite3_int64)sizeof block ? (int)(size - offset) : (int)sizeof block;
    result = log->pMethods->xRead(log, block, count, offset);
    if (result == SQLITE_OK) result = log->pMethods->xWrite(log, block, count, offset);
    offset += count;
  }
  if (result == SQLITE_OK && size > 0) result = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
  return result;
}
