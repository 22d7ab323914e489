// The yardstick: what bare C with epoll costs on a machine for a broadcast hub's inner job, and nothing else.
//
//   Yardstick PORT MODE      MODE 0: one write for each message and subscriber
//                            MODE 1: one write for each subscriber and turn of the event loop, its messages joined
//   subscribe:  GET /ws/ROOM, upgraded to a WebSocket
//   publish:    POST /rooms/ROOM, whose body becomes one text frame, byte for byte
//
// It stands for the limit that the hub is compared with: the system calls that nobody can avoid, and as little as possible around
// them. It has no limits, history, heartbeat, routing or error answers, and takes its input on trust, so it listens on loopback
// alone and is no model for a hub. Because the body travels as it is, give it bodies as long as the hub's whole frame.
//
// The first line of output is `listening 127.0.0.1:PORT`; port 0 takes a free one.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "accept_key.h"

enum { MOST_DESCRIPTORS = 65536, ROOM_BUCKETS = 4096, EVENTS_A_TURN = 512, FRAMES_A_WRITE = 64, RECEIVE_BYTES = 65536 };

/// One encoded WebSocket frame, shared by every queue that it stands in.
typedef struct {
  int references, length;
  uint8_t bytes[];
} Frame;

typedef struct Connection {
  int descriptor;
  int upgraded;            // a WebSocket: what else it sends is passed over, unless it asks for the end
  int dirty;               // listed in `dirty` for the write at the end of the turn
  int held_length;
  char *held;              // the beginning of a request that has not arrived whole
  Frame **queue;
  int queued, capacity;
  int offset;              // how much of the first frame is written already
  struct Room *room;
} Connection;

typedef struct Room {
  char name[64];
  Connection **members;
  int count, capacity;
  struct Room *next;
} Room;

static Room *rooms[ROOM_BUCKETS];
static Connection *connections[MOST_DESCRIPTORS];
static Connection *dirty[MOST_DESCRIPTORS];
static int dirty_count;
static int joins_writes;

static Room *room_named(const char *name, int length) {
  unsigned hash = 5381;
  if (length > (int)sizeof rooms[0]->name - 1) length = sizeof rooms[0]->name - 1;
  for (int i = 0; i < length; i++) hash = hash * 33 + (unsigned char)name[i];
  hash %= ROOM_BUCKETS;
  for (Room *room = rooms[hash]; room; room = room->next)
    if ((int)strlen(room->name) == length && !memcmp(room->name, name, (size_t)length)) return room;
  Room *room = calloc(1, sizeof *room);
  memcpy(room->name, name, (size_t)length);
  room->next = rooms[hash];
  return rooms[hash] = room;
}

static void join_room(Room *room, Connection *connection) {
  connection->room = room;
  if (room->count == room->capacity) {
    room->capacity = room->capacity ? room->capacity * 2 : 8;
    room->members = realloc(room->members, (size_t)room->capacity * sizeof *room->members);
  }
  room->members[room->count++] = connection;
}

static void release(Frame *frame) {
  if (--frame->references == 0) free(frame);
}

/// Takes `connection` out of a list whose order does not matter.
static void take_out(Connection **list, int *count, Connection *connection) {
  for (int i = 0; i < *count; i++)
    if (list[i] == connection) {
      list[i] = list[--*count];
      return;
    }
}

static void end(Connection *connection) {
  close(connection->descriptor);
  connections[connection->descriptor] = 0;
  if (connection->room) take_out(connection->room->members, &connection->room->count, connection);
  if (connection->dirty) take_out(dirty, &dirty_count, connection);
  for (int i = 0; i < connection->queued; i++) release(connection->queue[i]);
  free(connection->queue);
  free(connection->held);
  free(connection);
}

/// Writes the queue until it is empty or the socket takes no more; edge-triggered EPOLLOUT then calls again.
static void flush(Connection *c) {
  while (c->queued > 0) {
    struct iovec parts[FRAMES_A_WRITE];
    int count = c->queued < FRAMES_A_WRITE ? c->queued : FRAMES_A_WRITE;
    for (int i = 0; i < count; i++) parts[i] = (struct iovec){c->queue[i]->bytes, (size_t)c->queue[i]->length};
    parts[0].iov_base = (char *)parts[0].iov_base + c->offset;
    parts[0].iov_len -= (size_t)c->offset;
    ssize_t written = count == 1 ? send(c->descriptor, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL)
                                 : writev(c->descriptor, parts, count);
    if (written <= 0) return;
    written += c->offset;
    int done = 0;
    while (done < count && written >= c->queue[done]->length) {
      written -= c->queue[done]->length;
      release(c->queue[done++]);
    }
    c->queued -= done;
    memmove(c->queue, c->queue + done, (size_t)c->queued * sizeof *c->queue);
    c->offset = (int)written;
    if (done < count) return;
  }
}

static void push(Connection *c, Frame *frame) {
  frame->references++;
  if (c->queued == c->capacity) {
    c->capacity = c->capacity ? c->capacity * 2 : 4;
    c->queue = realloc(c->queue, (size_t)c->capacity * sizeof *c->queue);
  }
  c->queue[c->queued++] = frame;
  if (!joins_writes) {
    if (c->queued == 1) flush(c);
  } else if (!c->dirty) {
    c->dirty = 1;
    dirty[dirty_count++] = c;
  }
}

static void broadcast(Room *room, const char *body, int length) {
  int header = length < 126 ? 2 : length < 65536 ? 4 : 10;
  Frame *frame = malloc(sizeof *frame + (size_t)(length + header));
  frame->references = 1;
  frame->length = length + header;
  frame->bytes[0] = 0x81; // a text frame, final (RFC 6455 section 5.2)
  frame->bytes[1] = (uint8_t)(header == 2 ? length : header == 4 ? 126 : 127);
  for (int i = 2; i < header; i++) frame->bytes[i] = (uint8_t)((uint64_t)length >> (8 * (header - 1 - i)));
  memcpy(frame->bytes + header, body, (size_t)length);
  for (int i = 0; i < room->count; i++) push(room->members[i], frame);
  release(frame);
}

/// Answers `GET /ws/ROOM` and enters the room. 0 when it is no handshake.
static int subscribe(Connection *c, char *head, int length) {
  char *name = head + sizeof "GET /ws/" - 1, *name_end = memchr(name, ' ', (size_t)length);
  char *key = strcasestr(head, "sec-websocket-key:");
  if (!name_end || !key || key > head + length) return 0;
  key += sizeof "sec-websocket-key:" - 1;
  while (*key == ' ') key++;
  char *key_end = memchr(key, '\r', (size_t)(head + length - key));
  char accepted[32], answer[256];
  int accepted_length = accept_key(key, (int)(key_end - key), accepted);
  int answer_length = snprintf(answer, sizeof answer,
                               "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: %.*s\r\n\r\n",
                               accepted_length, accepted);
  send(c->descriptor, answer, (size_t)answer_length, MSG_NOSIGNAL);
  c->upgraded = 1;
  join_room(room_named(name, (int)(name_end - name)), c);
  return 1;
}

/// Takes `POST /rooms/ROOM` with its body: the bytes used, 0 when the body is not here yet, -1 when it is no such request.
static int publish(Connection *c, char *head, int head_length, int available) {
  static const char accepted[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
  char *name = head + sizeof "POST /rooms/" - 1, *name_end = memchr(name, ' ', (size_t)head_length);
  char *field = strcasestr(head, "content-length:");
  int length = field && field < head + head_length ? atoi(field + sizeof "content-length:" - 1) : 0;
  if (!name_end || length < 0) return -1;
  if (available - head_length < length) return 0;
  broadcast(room_named(name, (int)(name_end - name)), head + head_length, length);
  send(c->descriptor, accepted, sizeof accepted - 1, MSG_NOSIGNAL);
  return head_length + length;
}

/// Takes every whole request in `bytes`: the bytes used, or -1 when the connection is to be ended.
static int requests(Connection *c, char *bytes, int length) {
  int used = 0;
  while (used < length && !c->upgraded) {
    char *head = bytes + used, *blank = memmem(head, (size_t)(length - used), "\r\n\r\n", 4);
    if (!blank) break;
    int head_length = (int)(blank + 4 - head), step;
    if (head_length < (int)sizeof "POST /rooms/R \r\n\r\n") return -1;
    if (head[0] == 'G') step = subscribe(c, head, head_length) ? head_length : -1;
    else step = publish(c, head, head_length, length - used);
    if (step < 0) return -1;
    if (step == 0) break;
    used += step;
  }
  return used;
}

/// Keeps what is left of an incomplete request, or frees what was kept.
static void hold(Connection *c, const char *rest, int length) {
  char *copy = 0;
  if (length) {
    copy = malloc((size_t)length + 1);
    memcpy(copy, rest, (size_t)length);
    copy[length] = 0;
  }
  free(c->held);
  c->held = copy;
  c->held_length = length;
}

static void readable(Connection *c) {
  static char buffer[RECEIVE_BYTES + 1];
  for (;;) {
    int count = (int)recv(c->descriptor, buffer, RECEIVE_BYTES, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      end(c);
      return;
    }
    if (!c->upgraded) {
      char *bytes = buffer;
      int length = count;
      buffer[count] = 0; // strcasestr stops here
      if (c->held_length) {
        length += c->held_length;
        bytes = c->held = realloc(c->held, (size_t)length + 1);
        memcpy(bytes + c->held_length, buffer, (size_t)count + 1);
      }
      int used = requests(c, bytes, length);
      if (used < 0) {
        end(c);
        return;
      }
      if (c->held || used < length) hold(c, bytes + used, c->upgraded ? 0 : length - used);
    } else if ((uint8_t)buffer[0] == 0x88) { // a close frame
      end(c);
      return;
    }
    if (count < RECEIVE_BYTES) return;
  }
}

static void accept_all(int listener, int poll) {
  int one = 1, descriptor;
  while ((descriptor = accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    if (descriptor >= MOST_DESCRIPTORS) {
      close(descriptor);
      continue;
    }
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    Connection *connection = calloc(1, sizeof *connection);
    connection->descriptor = descriptor;
    connections[descriptor] = connection;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = descriptor};
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
  }
}

/// Listens on loopback and prints the address. A descriptor, or -1.
static int listen_on(int port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (listener < 0 || bind(listener, (void *)&address, length) || listen(listener, 4096) ||
      getsockname(listener, (void *)&address, &length)) {
    perror("yardstick");
    return -1;
  }
  printf("listening 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: Yardstick PORT MODE    (MODE 0: a write a message, 1: a write a turn; port 0: a free one)\n");
    return 64;
  }
  joins_writes = atoi(arguments[2]);
  signal(SIGPIPE, SIG_IGN); // writev cannot be told MSG_NOSIGNAL
  struct rlimit limit;
  if (!getrlimit(RLIMIT_NOFILE, &limit)) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  int listener = listen_on(atoi(arguments[1])), poll = epoll_create1(EPOLL_CLOEXEC);
  if (listener < 0 || poll < 0) return 1;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS_A_TURN];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int ready = epoll_wait(poll, events, EVENTS_A_TURN, -1);
    for (int i = 0; i < ready; i++) {
      int descriptor = events[i].data.fd;
      if (descriptor == listener) {
        accept_all(listener, poll);
        continue;
      }
      Connection *connection = connections[descriptor];
      if (!connection) continue;
      if (events[i].events & EPOLLOUT) flush(connection);
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(connection);
    }
    for (int i = 0; i < dirty_count; i++) {
      dirty[i]->dirty = 0;
      flush(dirty[i]);
    }
    dirty_count = 0;
  }
}
