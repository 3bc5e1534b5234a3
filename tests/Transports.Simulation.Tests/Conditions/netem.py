"""Sends paced datagrams over the loopback of a network namespace of its own, and prints how long each travelled.

Started as: unshare -rn python3 netem.py PACKETS MICROSECONDS_APART [tc qdisc replace dev lo root netem ...]
Prints "number microseconds" for each that arrives; with no packets it only tries whether that can be set up. Arrivals
are stamped by the kernel, so a busy machine that wakes this program late does not show.
"""

import socket
import struct
import subprocess
import sys
import threading
import time

SO_TIMESTAMPNS = 35
END = 2**32 - 1


def receive(server, delays):
    server.settimeout(5)
    try:
        while True:
            payload, ancillary, _, _ = server.recvmsg(64, 64)
            (number,) = struct.unpack("!I", payload[:4])
            if number == END:
                return
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
            delays.setdefault(number, seconds * 10**9 + nanoseconds)
    except TimeoutError:
        return


def main(packets, apart, command):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    if command:
        subprocess.run(command, check=True)
    if packets == 0:
        return

    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    server.bind(("127.0.0.1", 0))
    arrived, sent = {}, []
    receiver = threading.Thread(target=receive, args=(server, arrived))
    receiver.start()

    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.connect(server.getsockname())
    start = time.monotonic()
    for number in range(packets):
        wait = start + number * apart / 1e6 - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        sent.append(time.time_ns())
        client.send(struct.pack("!I", number) + bytes(60))

    # The end may be lost or overtake others; a few of them, well apart, are neither.
    for _ in range(5):
        time.sleep(0.5)
        client.send(struct.pack("!I", END))
    receiver.join()

    for number, at in sorted(arrived.items()):
        print(number, (at - sent[number]) // 1000)


main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
