"""A line from the keyboard, a datagram, a datagram back: the classic client over UDP.

usage: udp_client.py HOST PORT
"""
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(20)
for line in sys.stdin:
    client.sendto(line.rstrip("\n").encode(), (host, port))
    reply, sender = client.recvfrom(2048)
    assert sender == (host, port), sender
    print(reply.decode(), flush=True)
client.close()
