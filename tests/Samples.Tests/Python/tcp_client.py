"""The classic client over TCP: it sends a line without its end and takes what one recv gives for the reply.

usage: tcp_client.py HOST PORT
"""
import socket
import sys

client = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20)
for line in sys.stdin:
    client.send(line.rstrip("\n").encode())
    print(client.recv(1024).decode(), flush=True)
client.close()
