/* usage: tcp_epoll [UNIX-PATH]
 * The line service on one thread with epoll, level-triggered: one receive into the thread's buffer, one send for all
 * complete lines in it. A connection keeps only a line that is cut, and replies that the peer has not taken. */
#include "server.h"

enum { BUFFER_BYTES = 128 * 1024, MAX_LINE = 64 * 1024, MAX_EVENTS = 512 };

struct connection {
    int fd;
    char *kept;         /* bytes of a line that is not complete */
    size_t kept_length;
    char *unsent;       /* replies that the socket did not take */
    size_t unsent_length;
};

static char buffer[BUFFER_BYTES];
static int epoll_fd;

static void close_connection(struct connection *connection)
{
    close(connection->fd);
    free(connection->kept);
    free(connection->unsent);
    free(connection);
}

static void want(struct connection *connection, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.ptr = connection };
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, connection->fd, &event);
}

static char *copy(const char *bytes, size_t length)
{
    char *result = malloc(length);
    memcpy(result, bytes, length);
    return result;
}

/* Returns 0 when the connection is gone. */
static int send_reply(struct connection *connection, const char *reply, size_t length)
{
    ssize_t sent = send(connection->fd, reply, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        close_connection(connection);
        return 0;
    }

    if (sent < 0) {
        sent = 0;
    }

    if ((size_t)sent < length) {
        connection->unsent = copy(reply + sent, length - sent);
        connection->unsent_length = length - sent;
        want(connection, EPOLLOUT); /* read no more before the peer has taken its replies */
    }

    return 1;
}

static void on_readable(struct connection *connection)
{
    size_t length = connection->kept_length;
    ssize_t received = recv(connection->fd, buffer + length, sizeof buffer - length, 0);
    if (received < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }

    if (received <= 0) {
        close_connection(connection);
        return;
    }

    if (length > 0) {
        memcpy(buffer, connection->kept, length);
        free(connection->kept);
        connection->kept = NULL;
        connection->kept_length = 0;
    }

    length += received;
    char *line = buffer, *end = buffer + length, *newline;
    while (line < end && (newline = memchr(line, '\n', end - line)) != NULL) {
        upper_case(line, newline - line);
        line = newline + 1;
    }

    if (line < end) {
        if (end - line > MAX_LINE) {
            close_connection(connection);
            return;
        }

        connection->kept_length = end - line;
        connection->kept = copy(line, end - line);
    }

    if (line > buffer) {
        send_reply(connection, buffer, line - buffer);
    }
}

static void on_writable(struct connection *connection)
{
    char *unsent = connection->unsent;
    connection->unsent = NULL;
    if (send_reply(connection, unsent, connection->unsent_length) && connection->unsent == NULL) {
        want(connection, EPOLLIN);
    }

    free(unsent);
}

static void accept_all(int listener)
{
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *connection = calloc(1, sizeof *connection);
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
        connection->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
    }
}

static int bind_unix(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    check(bind(fd, (struct sockaddr *)&address, sizeof address), "bind");
    return fd;
}

int main(int count, char **arguments)
{
    struct epoll_event events[MAX_EVENTS], accepting = { .events = EPOLLIN };
    int listener = count > 1 ? bind_unix(arguments[1]) : bind_loopback(SOCK_STREAM);
    fcntl(listener, F_SETFL, O_NONBLOCK);
    check(listen(listener, 512), "listen");
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    check(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &accepting), "epoll_ctl");
    announce(listener);
    for (;;) {
        int ready = epoll_wait(epoll_fd, events, MAX_EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection == NULL) {
                accept_all(listener);
            } else if (connection->unsent != NULL) {
                on_writable(connection);
            } else {
                on_readable(connection);
            }
        }
    }
}
