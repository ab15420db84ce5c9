#!/usr/bin/env python3
"""A mountain link between two network namespaces, NAMEc (client, 10.9.0.1) and NAMEs (server, 10.9.0.2).

Kernel netem is missing on many machines, so this process carries the IP packets itself between a pair of TUN
devices: rate (kbit/s), one-way delay and jitter (ms), random loss, a queue (KiB) that drops at its end, and
radio blackouts (mean seconds up : down) after which every TCP flow born before is reset, as when a network
has forgotten its address translation. The blackouts follow from the seed alone, counted from the client's
first packet, so that two senders on one seed meet the same ones. With --calm all of that, and the counting,
begins when SIGUSR1 comes: a phone is set up before it goes to the mountains. Needs root and /dev/net/tun.

Provenance: written for the design of ntm's sync protocol; here with a clock of its own for blackouts and
with the congestion control set in both namespaces. No code of others.
"""
import argparse
import fcntl
import heapq
import json
import os
import random
import select
import signal
import struct
import subprocess
import time

UP, DOWN = 0, 1
CLIENT, SERVER = "10.9.0.1", "10.9.0.2"


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("name")
    for key, value in (("rate-up", 64.0), ("rate-down", 128.0), ("delay", 300.0), ("jitter", 50.0),
                       ("loss", 0.05), ("queue", 64.0), ("seed", 1)):
        p.add_argument(f"--{key}", type=type(value), default=value)
    p.add_argument("--blackout", default="", help="mean seconds up : mean seconds down")
    p.add_argument("--calm", action="store_true", help="a plain wire until SIGUSR1")
    p.add_argument("--cc", default="cubic,reno", help="congestion control: the first that a namespace may have")
    return p.parse_args()


def run(*words):
    subprocess.run(words, check=True)


def tun(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH14x", name.encode(), 0x0001 | 0x1000))
    return fd


def namespace(name, device, address, peer, congestion):
    subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)
    run("ip", "netns", "add", name)
    run("ip", "link", "set", device, "netns", name)
    run("ip", "-n", name, "addr", "add", address, "peer", peer, "dev", device)
    run("ip", "-n", name, "link", "set", device, "mtu", "1400", "up")
    run("ip", "-n", name, "link", "set", "lo", "up")
    setting = "/proc/sys/net/ipv4/tcp_congestion_control"
    for one in congestion.split(","):
        words = ["ip", "netns", "exec", name, "sh", "-c", f"echo {one} > {setting}"]
        if subprocess.run(words, stderr=subprocess.DEVNULL).returncode == 0:
            return one
    raise SystemExit(f"none of {congestion} is permitted")


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def reset(packet):
    """The answer of a network that does not know a flow."""
    at = (packet[0] & 15) * 4
    source, target, number, acked = struct.unpack("!HHII", packet[at:at + 12])
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, 6, 0, packet[16:20], packet[12:16])
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    tcp = struct.pack("!HHIIBBHHH", target, source, acked, 0, 0x50, 4, 0, 0, 0)
    pseudo = packet[16:20] + packet[12:16] + struct.pack("!BBH", 0, 6, 20)
    return ip + tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]


class Radio:
    """Up and down by the seed, from the first packet on."""

    def __init__(self, seed, blackout):
        self.random = random.Random(seed)
        self.means = tuple(map(float, blackout.split(":"))) if blackout else None
        self.flip, self.dead, self.blackouts = float("inf"), False, 0

    def begin(self, now):
        if self.means and self.flip == float("inf"):
            self.flip = now + self.random.expovariate(1 / self.means[0])

    def at(self, now):
        while now >= self.flip:
            self.dead = not self.dead
            self.blackouts += self.dead
            self.flip += self.random.expovariate(1 / self.means[self.dead])


def main():
    a = arguments()
    devices = [tun(a.name + "0"), tun(a.name + "1")]
    names = [a.name + "c", a.name + "s"]
    namespace(names[0], a.name + "0", CLIENT, SERVER, a.cc)
    congestion = namespace(names[1], a.name + "1", SERVER, CLIENT, a.cc)
    radio, dice = Radio(a.seed, a.blackout), random.Random(a.seed)
    rate, free, flows = [a.rate_up * 125.0, a.rate_down * 125.0], [0.0, 0.0], {}
    counts = {"resets": 0, "up": [0, 0, 0, 0], "down": [0, 0, 0, 0]}  # packets, bytes, lost, no room
    queue, order, running, calm = [], 0, [True], [True] if a.calm else []
    signal.signal(signal.SIGUSR1, lambda *_: calm.clear())
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: running.clear())
    print("ready", flush=True)
    while running:
        now = time.monotonic()
        radio.at(now)
        while queue and queue[0][0] <= now:
            _, _, to, packet = heapq.heappop(queue)
            try:
                os.write(devices[to], packet)
            except OSError:
                pass
        due = min(queue[0][0] if queue else now + 0.2, radio.flip) - now
        ready, _, _ = select.select(devices, [], [], max(0, min(due, 0.2)))
        for fd in ready:
            way = devices.index(fd)
            for _ in range(64):
                try:
                    packet = os.read(fd, 65536)
                except BlockingIOError:
                    break
                if packet[0] >> 4 != 4:
                    continue
                if calm:
                    os.write(devices[1 - way], packet)
                    continue
                now = time.monotonic()
                radio.begin(now)
                if way == UP and packet[9] == 6:
                    at = (packet[0] & 15) * 4
                    port, flags = struct.unpack("!H", packet[at:at + 2])[0], packet[at + 13]
                    if flags & 2:
                        flows[port] = radio.blackouts
                    elif flows.get(port, 0 if a.calm else -1) < radio.blackouts and not radio.dead:
                        if not flags & 4:
                            counts["resets"] += 1
                            os.write(devices[0], reset(packet))
                        continue
                count = counts["up" if way == UP else "down"]
                count[0] += 1
                count[1] += len(packet)
                if (free[way] - now) * rate[way] > a.queue * 1024:
                    count[3] += 1
                    continue
                free[way] = max(free[way], now) + len(packet) / rate[way]
                if dice.random() < a.loss or radio.dead:
                    count[2] += 1
                    continue
                order += 1
                due = free[way] + (a.delay + dice.uniform(-a.jitter, a.jitter)) / 1e3
                heapq.heappush(queue, (due, order, 1 - way, packet))
    for name in names:
        subprocess.run(["ip", "netns", "del", name], check=False)
    print(json.dumps({**counts, "blackouts": radio.blackouts, "congestion": congestion}), flush=True)


main()
