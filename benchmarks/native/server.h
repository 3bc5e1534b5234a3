/* What the C servers share. Each prints its port when it is ready and ends when its standard input does. */
#ifndef SERVER_H
#define SERVER_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The plain loop that one writes in C: no intrinsics, no table, no locale. */
static void upper_case(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] >= 'a' && text[i] <= 'z') {
            text[i] -= 'a' - 'A';
        }
    }
}

static void check(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

static int bind_loopback(int type)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    check(fd, "socket");
    check(bind(fd, (struct sockaddr *)&address, sizeof address), "bind");
    return fd;
}

static void *exit_with_input(void *unused)
{
    (void)unused;
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        puts("0");
        fflush(stdout);
    }

    exit(0);
}

static void announce(int fd)
{
    struct sockaddr_in address = { 0 };
    socklen_t length = sizeof address;
    pthread_t reader;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    getsockname(fd, (struct sockaddr *)&address, &length);
    check(-pthread_create(&reader, NULL, exit_with_input, NULL), "pthread_create");
    printf("%d\n", address.sin_family == AF_INET ? ntohs(address.sin_port) : 0);
    fflush(stdout);
}

#endif
