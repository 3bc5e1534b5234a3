/* usage: udp_mmsg [gso]
 * One datagram is one message, upper-cased in place: recvmmsg and sendmmsg, 64 at a time, one blocking thread. With
 * `gso` the kernel may hand over joined datagrams (UDP_GRO), whose replies leave joined too (UDP_SEGMENT). */
#include "server.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum { BATCH = 64, MAX_DATAGRAM = 65536, CONTROL_BYTES = 64, RECEIVE_BUFFER = 1024 * 1024 };

static char buffers[BATCH][MAX_DATAGRAM];
static _Alignas(struct cmsghdr) char controls[BATCH][CONTROL_BYTES];
static struct sockaddr_in peers[BATCH];
static struct iovec vectors[BATCH];
static struct mmsghdr messages[BATCH];

static int segment_size(struct msghdr *header)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
            int size;
            memcpy(&size, CMSG_DATA(c), sizeof size);
            return size;
        }
    }

    return 0;
}

static void answer_joined(struct msghdr *header, size_t length)
{
    int size = segment_size(header);
    if (size == 0 || (size_t)size >= length) {
        header->msg_control = NULL;
        header->msg_controllen = 0;
        return;
    }

    uint16_t segment = (uint16_t)size;
    struct cmsghdr *c = header->msg_control;
    header->msg_controllen = CMSG_SPACE(sizeof segment);
    c->cmsg_level = SOL_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof segment);
    memcpy(CMSG_DATA(c), &segment, sizeof segment);
}

static void prepare(int joined)
{
    for (int i = 0; i < BATCH; i++) {
        vectors[i].iov_base = buffers[i];
        vectors[i].iov_len = MAX_DATAGRAM;
        messages[i].msg_hdr = (struct msghdr) {
            .msg_name = &peers[i],
            .msg_namelen = sizeof peers[i],
            .msg_iov = &vectors[i],
            .msg_iovlen = 1,
            .msg_control = joined ? controls[i] : NULL,
            .msg_controllen = joined ? CONTROL_BYTES : 0,
        };
    }
}

static void send_all(int fd, int count)
{
    for (int sent = 0; sent < count;) {
        int result = sendmmsg(fd, messages + sent, count - sent, 0);
        if (result < 0 && errno != EINTR) {
            result = 1; /* this one cannot be sent: the others can */
        }

        sent += result > 0 ? result : 0;
    }
}

int main(int count, char **arguments)
{
    int on = 1, room = RECEIVE_BUFFER, joined = count > 1 && strcmp(arguments[1], "gso") == 0;
    int fd = bind_loopback(SOCK_DGRAM);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (joined) {
        check(setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on), "UDP_GRO");
    }

    announce(fd);
    for (;;) {
        prepare(joined);
        int received = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < received; i++) {
            vectors[i].iov_len = messages[i].msg_len;
            upper_case(buffers[i], messages[i].msg_len);
            if (joined) {
                answer_joined(&messages[i].msg_hdr, messages[i].msg_len);
            }
        }

        send_all(fd, received);
    }
}
