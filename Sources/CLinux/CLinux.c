#define _GNU_SOURCE 1
#include "CLinux.h"

#include <sys/prctl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int linux_accept(int listener, unsigned char address[16]) {
  struct sockaddr_storage peer;
  socklen_t length = sizeof peer;
  memset(address, 0, 16);
  int descriptor = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor < 0) return descriptor;
  if (peer.ss_family == AF_INET6) {
    memcpy(address, &((struct sockaddr_in6 *)&peer)->sin6_addr, 16);
  } else if (peer.ss_family == AF_INET) {
    address[10] = address[11] = 0xFF;
    memcpy(address + 12, &((struct sockaddr_in *)&peer)->sin_addr, 4);
  }
  return descriptor;
}

int linux_unacknowledged(int socket) {
  int bytes = 0;
  return ioctl(socket, SIOCOUTQ, &bytes) == 0 ? bytes : -1;
}

void linux_name_thread(const char *name) {
  pthread_setname_np(pthread_self(), name);
}

void linux_hide_memory(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
