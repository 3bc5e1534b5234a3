"""The classic server over UDP; prints its port first.

usage: udp_server.py [DROP]    the first DROP datagrams get no answer
"""
import socket
import sys

drop = int(sys.argv[1]) if len(sys.argv) > 1 else 0
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    message, client = server.recvfrom(2048)
    if drop > 0:
        drop -= 1
    else:
        server.sendto(message.decode().upper().encode(), client)
