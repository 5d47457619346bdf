"""Asks for an address by ARP, again and again, and tells who answers: witness.py INTERFACE ADDRESS INTERVAL.

A line is "TIME MAC MAC ...", in s since the epoch, whenever those who answer are others than before; "TIME late SECONDS" when this
program was held up for longer than an interval, so that nobody knows who would have answered.
"""

import select
import socket
import struct
import sys
import time

interface, address, interval = sys.argv[1], socket.inet_aton(sys.argv[2]), float(sys.argv[3])
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
wire.bind((interface, 0x0806))
own = wire.getsockname()[4]
# RFC 826, as a probe of somebody who has no address yet (RFC 5227): nobody learns of it.
ask = b"\xff" * 6 + own + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + own + bytes(4) + bytes(6) + address

before = None
print("begins", flush=True)
while True:
    start = time.time()
    try:
        wire.send(ask)
    except OSError:
        pass
    answered = set()
    while True:
        left = start + interval - time.time()
        if left <= 0 or not select.select([wire], [], [], left)[0]:
            break
        packet = wire.recv(64)
        if packet[20:22] == b"\0\2" and packet[28:32] == address and packet[22:28] != own:
            answered.add(packet[22:28].hex(":"))
    late = time.time() - start - interval
    if late > interval:
        print(f"{start:.3f} late {late + interval:.3f}", flush=True)
        before = None
        continue
    if answered != before:
        print(f"{start:.3f} {' '.join(sorted(answered))}".strip(), flush=True)
        before = answered
