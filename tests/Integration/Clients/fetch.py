"""Fetches an object three times over two connections, of which the second resumes the session of the first.

usage: fetch.py PORT PATH CA-FILE TLSv1_2|TLSv1_3
Prints a line for each fetch: status, SHA-256 of the body, yes or no for a resumed session.
"""
import hashlib
import http.client
import socket
import ssl
import sys


class Connection(http.client.HTTPSConnection):
    """Connects with a session to resume."""

    def __init__(self, port, context, session=None):
        super().__init__("localhost", port, context=context, timeout=300)
        self.tls, self.session = context, session

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self.tls.wrap_socket(plain, server_hostname=self.host, session=self.session)


def fetch(connection, path):
    connection.request("GET", path)
    reply = connection.getresponse()
    digest = hashlib.sha256(reply.read()).hexdigest().upper()
    print(reply.status, digest, "yes" if connection.sock.session_reused else "no")


def main(port, path, authority, version):
    context = ssl.create_default_context(cafile=authority)
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    first = Connection(int(port), context)
    fetch(first, path)
    fetch(first, path)
    second = Connection(int(port), context, first.sock.session)
    fetch(second, path)
    first.close()
    second.close()


main(*sys.argv[1:])
