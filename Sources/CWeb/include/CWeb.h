// The files that the hub serves to browsers, as they stand beside this target's source, put into the program by the
// compiler (C23 `#embed`): a hub is one file.

#ifndef CWEB_H
#define CWEB_H

#include <stddef.h>

struct web_file {
  const char *path;
  const char *type;
  const unsigned char *bytes;
  size_t size;
};

/// The files, `*count` of them.
const struct web_file *web_files(size_t *count);

#endif
