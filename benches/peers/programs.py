"""The programs that are compared: how each is started, spoken to, and what it says."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import websockets

RATE = 16_000
# A tenth of a second of 16-bit samples.
PIECE = RATE // 10 * 2


class Program:
    """A server in a process of its own."""

    def __init__(self, command, port, env):
        self.port = port
        self.log = open(f"{env['LOGS']}/{type(self).__name__.lower()}.log", "ab")
        self.process = subprocess.Popen(command, env=os.environ | env, stdout=self.log, stderr=self.log)

    async def up(self):
        for _ in range(1200):
            if self.process.poll() is not None:
                sys.exit(f"{type(self).__name__} ended: {self.log.name} says why")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            except OSError:
                await asyncio.sleep(0.1)
        sys.exit(f"{type(self).__name__} does not listen: {self.log.name}")

    def cpu(self):
        """Seconds of processor time, of all its threads and children."""
        ticks = 0
        for process in self.tree():
            fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += sum(int(field) for field in fields[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def peak_mb(self):
        peaks = [line for process in self.tree() for line in Path(f"/proc/{process}/status").read_text().splitlines()
                 if line.startswith("VmHWM")]
        return sum(int(line.split()[1]) for line in peaks) / 1024

    def tree(self):
        found = [self.process.pid]
        for process in found:
            found += [int(child) for task in Path(f"/proc/{process}/task").iterdir()
                      for child in (task / "children").read_text().split()]
        return found

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    async def open(self, room):
        return await websockets.connect(self.address(room), max_size=None, ping_interval=None)

    async def begin(self, socket):
        """Whatever comes before the sound."""

    def piece(self, samples):
        return samples

    async def states(self, host, room):
        """All text that is shown, whenever it changes: what is kept, and what may still be replaced."""
        kept = {}
        async for message in host:
            yield self.shown(kept, json.loads(message))


class WhisperLive(Program):
    def __init__(self, weights, port, env, rooms):
        start = ("from whisper_live.server import TranscriptionServer as Server; Server().run('127.0.0.1', {}, "
                 "backend='faster_whisper', faster_whisper_custom_model_path={!r}, single_model=True, max_clients={}, "
                 "raw_pcm_input=True)")
        super().__init__([sys.executable, "-c", start.format(port, str(weights), rooms)], port, env)

    def address(self, room):
        return f"ws://127.0.0.1:{self.port}"

    async def begin(self, socket):
        await socket.send(json.dumps({"uid": os.urandom(8).hex(), "language": "zh", "task": "transcribe", "model": "base",
                                      "use_vad": True, "send_last_n_segments": 10}))
        while json.loads(await socket.recv()).get("message") != "SERVER_READY":
            pass

    async def finish(self, socket):
        await socket.send(b"END_OF_AUDIO")

    def shown(self, kept, message):
        parts = message.get("segments", [])
        kept.update((float(part["start"]), part["text"]) for part in parts if part.get("completed"))
        under_way = "".join(part["text"] for part in parts if not part.get("completed"))
        return "".join(kept[start] for start in sorted(kept)) + under_way


class WhisperLiveKit(Program):
    def __init__(self, weights, port, env, rooms):
        command = [sys.executable, "-c", "from whisperlivekit.basic_server import main; main()", "--host", "127.0.0.1",
                   "--port", str(port), "--decoder-model-path", str(weights), "--encoder-model-path", str(weights), "--backend", "faster-whisper",
                   "--lan", "zh", "--pcm-input"]
        super().__init__(command, port, env)

    def address(self, room):
        return f"ws://127.0.0.1:{self.port}/asr"

    async def finish(self, socket):
        await socket.send(b"")

    def shown(self, kept, message):
        if "lines" in message:
            kept[0] = "".join(line.get("text") or "" for line in message["lines"]) + message.get("buffer_transcription", "")
        return kept.get(0, "")


class Tradewind(Program):
    """With captions in Spanish made beside, of what the phrasebook knows: the others do not translate."""

    def __init__(self, binary, port, env, rooms):
        config = Path(env["LOGS"]) / "rooms.toml"
        room = '[[rooms]]\nid = "room{0}"\ntitle = "Room {0}"\nsource_lang = "zh"\nscript = "simplified"\nalways = ["es"]\n'
        # Without the language model: the others do not translate at all.
        head = f'listen = "127.0.0.1:{port}"\nauth = "off"\n[translate.gguf]\nenabled = false\n'
        config.write_text(head + "".join(map(room.format, range(rooms))))
        super().__init__([str(binary), "serve", "--config", str(config)], port, env)

    def address(self, room):
        return f"ws://127.0.0.1:{self.port}/v1/listen?room=room{room}&language=zh&encoding=linear16&sample_rate={RATE}"

    async def finish(self, socket):
        await socket.send('{"type":"CloseStream"}')

    async def states(self, host, room):
        """What a viewer is told, and not what the host is told, which is earlier."""
        kept = {}
        address = f"ws://127.0.0.1:{self.port}/v1/rooms/room{room}/live?lang=zh"
        async with websockets.connect(address, max_size=None, ping_interval=None) as viewer:
            # What was said last comes to viewers before the host is let go.
            over = asyncio.ensure_future(host.wait_closed())
            over.add_done_callback(lambda _: asyncio.ensure_future(viewer.close()))
            async for message in viewer:
                message = json.loads(message)
                if message["type"] == "caption":
                    kept[message["segment"]] = message["text"]
                    yield "".join(kept[key] for key in sorted(kept))


PROGRAMS = {"tradewind": Tradewind, "whisperlive": WhisperLive, "whisperlivekit": WhisperLiveKit}
