/* A bare loop in C: what the kernel's sockets cost a server without anything around them. One thread, epoll, plaintext; each request gets
   one response from memory, whatever else it says. Arguments: port, folder; the response to GET /object/NAME is the file object/NAME. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_AT_MOST = 4096, OBJECTS_AT_MOST = 16, EVENTS = 256 };

struct object {
    char path[256];
    char *response;
    size_t length;
};

struct connection {
    int socket;
    size_t held;
    const struct object *sending;
    size_t sent;
    char input[HEAD_AT_MOST];
};

static struct object objects[OBJECTS_AT_MOST];
static int object_count;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

/* Reads a file when it is first asked for, and puts its head before it. */
static const struct object *find(const char *folder, const char *path) {
    for (int i = 0; i < object_count; i++)
        if (strcmp(objects[i].path, path) == 0)
            return &objects[i];
    char name[1024];
    struct stat about;
    if (strstr(path, "..") || object_count == OBJECTS_AT_MOST || strlen(path) >= sizeof objects[0].path)
        return NULL;
    snprintf(name, sizeof name, "%s%s", folder, path);
    int file = open(name, O_RDONLY);
    if (file < 0 || fstat(file, &about) < 0 || !S_ISREG(about.st_mode)) {
        if (file >= 0)
            close(file);
        return NULL;
    }
    struct object *made = &objects[object_count];
    made->response = malloc((size_t)about.st_size + 256);
    if (!made->response)
        fail("malloc");
    made->length = (size_t)sprintf(made->response, "HTTP/1.1 200 OK\r\nContent-Length: %lld\r\n\r\n", (long long)about.st_size);
    for (ssize_t got; (got = read(file, made->response + made->length, (size_t)about.st_size)) > 0;)
        made->length += (size_t)got;
    close(file);
    strcpy(made->path, path);
    object_count++;
    return made;
}

static void end(struct connection *one) {
    close(one->socket);
    free(one);
}

/* Returns 1 when all is sent, 0 when the socket is full, -1 when the connection is broken. */
static int go_on(struct connection *one) {
    while (one->sent < one->sending->length) {
        ssize_t done = send(one->socket, one->sending->response + one->sent, one->sending->length - one->sent, MSG_NOSIGNAL);
        if (done < 0)
            return errno == EAGAIN ? 0 : -1;
        one->sent += (size_t)done;
    }
    one->sending = NULL;
    return 1;
}

/* Answers what a connection has asked, until it has nothing more or takes nothing more. Returns -1 when it is to end. */
static int serve(struct connection *one, const char *folder) {
    for (;;) {
        if (one->sending) {
            int state = go_on(one);
            if (state <= 0)
                return state;
        }
        char *found = memmem(one->input, one->held, "\r\n\r\n", 4);
        if (!found) {
            if (one->held == sizeof one->input)
                return -1;
            ssize_t got = recv(one->socket, one->input + one->held, sizeof one->input - one->held, 0);
            if (got <= 0)
                return got < 0 && errno == EAGAIN ? 0 : -1;
            one->held += (size_t)got;
            continue;
        }
        char path[256] = "";
        char *space = memchr(one->input, ' ', (size_t)(found - one->input));
        char *until = space ? memchr(space + 1, ' ', (size_t)(found - space - 1)) : NULL;
        if (!until || until - space > (long)sizeof path)
            return -1;
        memcpy(path, space + 1, (size_t)(until - space - 1));
        one->held -= (size_t)(found + 4 - one->input);
        memmove(one->input, found + 4, one->held);
        one->sending = find(folder, path);
        one->sent = 0;
        if (!one->sending)
            return -1;
    }
}

static int listen_on(int port) {
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0)
        fail("listen");
    return listener;
}

static void accept_all(int loop, int listener) {
    int one = 1, accepted;
    while ((accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct connection *made = calloc(1, sizeof *made);
        if (!made)
            fail("calloc");
        made->socket = accepted;
        setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event wanted = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = made};
        if (epoll_ctl(loop, EPOLL_CTL_ADD, accepted, &wanted) < 0)
            fail("epoll_ctl");
    }
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: floor PORT FOLDER\n");
        return 2;
    }
    int listener = listen_on(atoi(arguments[1])), loop = epoll_create1(0);
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = NULL}, events[EVENTS];
    if (loop < 0 || epoll_ctl(loop, EPOLL_CTL_ADD, listener, &wanted) < 0)
        fail("epoll");
    for (;;) {
        int ready = epoll_wait(loop, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *one = events[i].data.ptr;
            if (!one)
                accept_all(loop, listener);
            else if (serve(one, arguments[2]) < 0)
                end(one);
        }
    }
}
