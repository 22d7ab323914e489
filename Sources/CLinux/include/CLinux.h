#pragma once

// What the Glibc module of Swift leaves out: epoll's, eventfd's and signalfd's types, and calls that need _GNU_SOURCE.

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

/// Accepts one connection, non-blocking and closed on exec. A descriptor, or -1 with errno.
///
/// Writes the peer's address as the 16 bytes of an IPv6 address, IPv4 as mapped; zeros for a socket that is neither.
int linux_accept(int listener, unsigned char address[16]);

/// How many bytes of the socket's send queue the peer has not acknowledged, or -1 with errno (SIOCOUTQ).
int linux_unacknowledged(int socket);

/// Keeps the process out of core dumps and from debuggers that are not root's (PR_SET_DUMPABLE).
void linux_hide_memory(void);

/// Names the calling process's thread for debuggers and `top`; at most 15 bytes.
void linux_name_thread(const char *name);
