"""Connections that are kept open are spread evenly over the workers."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from gunicorn.config import Config

from running import Service, wait_for, write_config
from search_api.balanced_worker import BalancedWorker, forget

CONNECTIONS = 24


def connected(service: Service, count: int) -> list[http.client.HTTPConnection]:
    """New connections, each with an answer, kept open."""
    address = urlsplit(service.url)
    made = []
    for _ in range(count):
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
        made.append(connection)
    return made


def workers_of(service: Service) -> list[int]:
    """The processes that answer."""
    children = Path(f"/proc/{service._process.pid}/task/{service._process.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


def connections_of(worker: int, port: int) -> int:
    """How many connections to a port a process has open (proc(5), /proc/net/tcp)."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {row[9] for row in rows if row[3] == "01" and int(row[1].split(":")[1], 16) == port}
    links = []
    for path in Path(f"/proc/{worker}/fd").iterdir():
        try:
            links.append(str(path.readlink()))
        except FileNotFoundError:
            continue
    return sum(link[8:-1] in inodes for link in links if link.startswith("socket:["))


def counted(service: Service) -> list[int]:
    """Open connections, and how many of them each of the two workers has."""
    port = urlsplit(service.url).port or 0

    def counts_of(count: int) -> list[int]:
        held = connected(service, count)
        counts = [connections_of(worker, port) for worker in workers_of(service)]
        for connection in held:
            connection.close()
        return counts

    wait_for(lambda: len(found := counts_of(6)) == 2 and all(found), what="both workers")
    wait_for(lambda: not any(counts_of(0)), what="the end of connections")
    counts = counts_of(CONNECTIONS)
    assert sum(counts) == CONNECTIONS
    return counts


def test_connections_are_spread_evenly_also_after_a_worker_has_died(tmp_path: Path) -> None:
    config = write_config(tmp_path, {"portal": "http://127.0.0.1:9"})
    with Service(config) as service:
        wait_for(lambda: min(counted(service)) >= CONNECTIONS // 3, what="an even spread")
        dead = workers_of(service)[0]
        os.kill(dead, signal.SIGKILL)
        wait_for(lambda: dead not in workers_of(service))
        wait_for(lambda: min(counted(service)) >= CONNECTIONS // 3, what="an even spread again")


def worker(age: int) -> BalancedWorker:
    """A worker that has begun in this process, without a server around it."""
    made = BalancedWorker.__new__(BalancedWorker)
    made.age, made.pid, made.nr_conns = age, os.getpid(), 0
    return made


def test_a_worker_with_more_connections_gives_way_for_a_moment() -> None:
    one, other = worker(200), worker(201)
    try:
        assert not one._gives_way()
        one.nr_conns, other.nr_conns = 3, 2
        assert one._gives_way()
        assert not other._gives_way()
        wait_for(lambda: not one._gives_way(), 1)  # the other does not come
    finally:
        forget(one)
        forget(other)


def accepts(chosen: BalancedWorker, listener: socket.socket) -> bool:
    """Let a worker look at a socket; tell whether it has taken the connection that waits."""
    before = chosen.nr_conns
    chosen.accept(listener)
    return bool(chosen.nr_conns > before)


def test_it_gives_way_to_each_connection_anew() -> None:
    one, other = worker(200), worker(201)
    for each in (one, other):
        each.cfg, each.enqueue_req = Config(), lambda connection: connection.close()
    try:
        one.nr_conns = 3
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            for _ in range(2):
                with socket.create_connection(listener.getsockname()):
                    assert not accepts(one, listener)
                    assert accepts(other, listener)
                time.sleep(0.12)  # longer than it gives way to one connection
    finally:
        forget(one)
        forget(other)


def test_workers_that_are_gone_or_not_there_yet_do_not_count() -> None:
    one, other = worker(200), worker(201)
    try:
        one.nr_conns = 5
        assert one._gives_way()
        forget(other)
        assert not one._gives_way()
        booting = BalancedWorker.__new__(BalancedWorker)
        booting.age, booting.pid, booting.nr_conns = 201, "[booting]", 0
        assert not one._gives_way()
    finally:
        forget(one)
