"""The classic server over TCP: welcomes a client, answers what one recv gives, closes. Prints its port first.

usage: tcp_server.py [MESSAGES]    how many messages of each client are answered; 1 unless told otherwise
"""
import socket
import sys

messages = int(sys.argv[1]) if len(sys.argv) > 1 else 1
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("127.0.0.1", 0))
server.listen(1)
print(server.getsockname()[1], flush=True)
while True:
    connection, _ = server.accept()
    for _ in range(messages):
        sentence = connection.recv(1024).decode()
        if not sentence:
            break
        connection.send(sentence.upper().encode())
    connection.close()
