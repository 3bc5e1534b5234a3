/* usage: udp_mmsg [gso]
 * One datagram is one message, upper-cased in place: recvmmsg and sendmmsg, 64 at a time, one blocking thread. With
 * `gso` the kernel may hand over joined datagrams (UDP_GRO), and replies of one size to one peer leave joined
 * (UDP_SEGMENT), whether they came so or one behind the other. */
#include "server.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum { BATCH = 64, MAX_DATAGRAM = 65536, CONTROL_BYTES = 64, RECEIVE_BUFFER = 1024 * 1024, MAX_JOINED = 65000 };

static char buffers[BATCH][MAX_DATAGRAM];
static _Alignas(struct cmsghdr) char controls[BATCH][CONTROL_BYTES];
static struct sockaddr_in peers[BATCH];
static struct iovec vectors[BATCH];
static struct mmsghdr messages[BATCH];
static struct mmsghdr replies[BATCH];

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

static void set_segment_size(struct msghdr *header, int size)
{
    uint16_t segment = (uint16_t)size;
    struct cmsghdr *c = header->msg_control;
    header->msg_controllen = CMSG_SPACE(sizeof segment);
    c->cmsg_level = SOL_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof segment);
    memcpy(CMSG_DATA(c), &segment, sizeof segment);
}

static int is_same_peer(int one, int other)
{
    return peers[one].sin_port == peers[other].sin_port
        && peers[one].sin_addr.s_addr == peers[other].sin_addr.s_addr;
}

/* Whole segments of `size` bytes: only the last of what is joined may be shorter. */
static int is_whole(int i, int size)
{
    int own = segment_size(&messages[i].msg_hdr);
    return messages[i].msg_len % size == 0 && (own == 0 ? messages[i].msg_len == (unsigned)size : own == size);
}

/* Returns how many messages there are to send: one for each run of datagrams. */
static int join_replies(int received)
{
    int count = 0;
    for (int first = 0, next; first < received; first = next) {
        struct msghdr *reply = &replies[count].msg_hdr;
        int own = segment_size(&messages[first].msg_hdr), size = own > 0 ? own : (int)messages[first].msg_len;
        size_t length = messages[first].msg_len;
        for (next = first + 1; next < received && size > 0 && is_whole(first, size) && is_whole(next, size)
            && is_same_peer(first, next) && length + messages[next].msg_len <= MAX_JOINED
            && length / size + messages[next].msg_len / size <= BATCH; next++) {
            length += messages[next].msg_len;
        }

        *reply = messages[first].msg_hdr;
        reply->msg_iovlen = next - first;
        if (length > (size_t)size) {
            set_segment_size(reply, size);
        } else {
            reply->msg_control = NULL;
            reply->msg_controllen = 0;
        }

        count++;
    }

    return count;
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

static void send_all(int fd, struct mmsghdr *first, int count)
{
    for (int sent = 0; sent < count;) {
        int result = sendmmsg(fd, first + sent, count - sent, 0);
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
        }

        if (joined) {
            send_all(fd, replies, join_replies(received));
        } else {
            send_all(fd, messages, received);
        }
    }
}
