"""All lines at once, then the end of what we send, then all replies: lines over TCP, pipelined and half-closed.

usage: tcp_lines_client.py HOST PORT
"""
import socket
import sys

client = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20)
client.sendall(sys.stdin.read().encode())
client.shutdown(socket.SHUT_WR)
for reply in client.makefile("r", encoding="utf-8", newline="\n"):
    print(reply.rstrip("\n"), flush=True)
client.close()
