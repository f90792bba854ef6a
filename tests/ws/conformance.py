"""Autobahn's WebSocket cases, run by kosoku against both sockets of a gateway. Called by scripts/kosoku.sh.

The cases are made for servers that send back what they get; the gateway's sockets do not. So a relay stands in between. From
kosoku to the gateway it passes every byte untouched: what is malformed arrives malformed. From the gateway to kosoku it passes
control frames untouched and takes messages out (hello, cards, replies). On the viewers' socket the gateway answers every text
with one message; for each such answer the relay gives kosoku its own text back, so that "was echoed" means "was received whole,
in its order, and answered". It never makes up a frame for which the gateway has not sent one.
"""

import asyncio
import struct
import sys
from collections import Counter, deque

from kosoku import FailureError, run_fuzzingclient

# Cases that cannot say anything, and why. Everything else has to pass.
COMPRESSION = "no permessage-deflate: the gateway does not offer it"
TOO_LARGE = "messages above 8 KiB are refused (1009), as docs/PROTOCOL.md says: tested in Rust"
NO_BINARY = "a viewer's binary messages are ignored, so that none comes back"
NO_ECHO = "neither audio nor a text is sent back"
# A text that is none of the host's messages ends its connection with this, as docs/PROTOCOL.md says: of a case that sends a
# good text first, nothing more can be seen.
FIRST_TEXT = 4400
# A room's host slot is free some moments after the gateway has closed its host.
HOST_PRESENT, RETRIES, SHOWN_OUT = 4409, 3, 1.5

VIEWER = {
    "1.1.6": TOO_LARGE, "1.1.7": TOO_LARGE, "1.1.8": TOO_LARGE,
    "1.2.*": NO_BINARY,
    "9.*": TOO_LARGE, "10.*": TOO_LARGE,
    "12.*": COMPRESSION, "13.*": COMPRESSION,
}
HOST = {
    "1.*": NO_ECHO, "9.*": NO_ECHO, "10.*": NO_ECHO,
    "12.*": COMPRESSION, "13.*": COMPRESSION,
}
SOCKETS = {
    "viewer": ("/v1/rooms/demo/live?lang=es", VIEWER, True),
    # One after the other: a room has one host.
    "host": ("/v1/listen?room=demo&encoding=linear16", HOST, False),
}
PASSED = {"OK", "NON-STRICT", "INFORMATIONAL"}
TEXT, BINARY, CLOSE = 1, 2, 8


class Frames:
    """Frames out of bytes as they come; those that break the rules too, as long as they have a length."""

    def __init__(self):
        self.bytes = bytearray()

    def feed(self, data):
        self.bytes += data
        while (frame := self.take()) is not None:
            yield frame

    def take(self):
        """(opcode, fin, payload, the frame's own bytes), or None."""
        data = self.bytes
        if len(data) < 2:
            return None
        at, length, masked = 2, data[1] & 0x7F, data[1] & 0x80
        for marker, size, form in ((126, 2, ">H"), (127, 8, ">Q")):
            if length == marker:
                if len(data) < 2 + size:
                    return None
                (length,) = struct.unpack_from(form, data, 2)
                at = 2 + size
                break
        end = at + (4 if masked else 0) + length
        if len(data) < end:
            return None
        payload = bytes(data[end - length : end])
        if masked:
            mask = data[at : at + 4]
            payload = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
        frame = (data[0] & 0x0F, bool(data[0] & 0x80), payload, bytes(data[:end]))
        del data[:end]
        return frame


class Relay:
    def __init__(self, gateway, echo):
        self.gateway, self.echo, self.open = gateway, echo, set()

    async def serve(self, reader, writer):
        self.open.add(asyncio.current_task())
        asyncio.current_task().add_done_callback(self.open.discard)
        try:
            upstream, out = await asyncio.open_connection(*self.gateway)
        except OSError:
            writer.close()
            return
        texts = deque()
        await asyncio.gather(self.up(reader, out, texts), self.down(upstream, writer, texts))

    async def up(self, reader, out, texts):
        """Every byte as it is; whole texts are remembered."""
        frames, head, text, kind = Frames(), b"", b"", None
        try:
            while data := await reader.read(65536):
                out.write(data)
                await out.drain()
                if b"\r\n\r\n" not in head:
                    head += data
                    data = head.partition(b"\r\n\r\n")[2]
                for opcode, fin, payload, _ in frames.feed(data):
                    if opcode in (TEXT, BINARY):
                        text, kind = payload, opcode
                    elif opcode == 0:
                        text += payload
                    if opcode < CLOSE and fin and kind == TEXT:
                        texts.append(text)
            out.write_eof()
        except (OSError, RuntimeError):
            out.close()

    async def down(self, upstream, writer, texts):
        frames, head = Frames(), b""
        try:
            while data := await upstream.read(65536):
                if b"\r\n\r\n" not in head:
                    head += data
                    answer, end, data = head.partition(b"\r\n\r\n")
                    if not end:
                        continue
                    writer.write(answer + end)
                for opcode, _, payload, frame in frames.feed(data):
                    if opcode >= CLOSE:
                        writer.write(frame)
                    elif self.echo and b'"type":"error"' in payload and texts:
                        writer.write(framed(texts.popleft()))
                await writer.drain()
        except OSError:
            pass
        writer.close()


def framed(text):
    length = len(text)
    size = bytes([length]) if length < 126 else bytes([126]) + struct.pack(">H", length)
    return b"\x81" + size + text


async def run(url, cases, without, at_once):
    try:
        return await run_fuzzingclient(url, cases, without, at_once)
    except FailureError as failure:
        return failure.results


async def check(name, gateway):
    path, without, echo = SOCKETS[name]
    relay = Relay(gateway, echo)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url, every = f"ws://127.0.0.1:{port}{path}", sys.argv[2:] or None
    results = await run(url, every, list(without), 16 if name == "viewer" else 1)
    for _ in range(RETRIES):
        # The host before is still being shown out: another time.
        early = [result.case_id for result in results if result.remote_close_code == HOST_PRESENT]
        if not early:
            break
        results = [result for result in results if result.case_id not in early]
        for case in early:
            await asyncio.sleep(SHOWN_OUT)
            results += await run(url, [case], [], 1)
    aside = [result.case_id for result in results if name == "host" and result.remote_close_code == FIRST_TEXT]
    results = [result for result in results if result.case_id not in aside]
    # A machine that is busy may say goodbye too late for the case, once: a fault is there the second time too.
    for late in [result for result in results if not passed(result)]:
        print(f"{name}: {late.case_id} is asked again: {late.result} {late.result_close}")
        await asyncio.sleep(SHOWN_OUT)
        results.remove(late)
        results += await run(url, [late.case_id], [], 1)
    server.close()
    await asyncio.gather(*relay.open, return_exceptions=True)
    if not results:
        sys.exit(f"{name}: no case was run")
    verdicts = Counter(result.behavior.value for result in results)
    print(f"{name}: {len(results)} cases", ", ".join(f"{n} {verdict}" for verdict, n in sorted(verdicts.items())))
    if aside:
        print(f"  {len(aside)} more begin with a text that ends a host's connection (4400): {' '.join(aside)}")
    for result in results:
        if result.behavior.value != "OK" or result.behavior_close.value != "OK":
            print(f"  {result.case_id:<8} {result.behavior.value}, close {result.behavior_close.value}: {result.result} {result.result_close}")
            print(f"           got {str(result.received)[:100]} close {result.remote_close_code} {result.remote_close_reason}")
    return [result for result in results if not passed(result)]


def passed(result):
    return result.behavior.value in PASSED and result.behavior_close.value in PASSED


async def main():
    host, port = sys.argv[1].split(":")
    failed = [result.case_id for name in SOCKETS for result in await check(name, (host, int(port)))]
    for name, (_, without, _) in SOCKETS.items():
        for case, why in without.items():
            print(f"{name}: without {case}: {why}")
    sys.exit(1 if failed else 0)


asyncio.run(main())
