"""The tour, spoken into one or several rooms at real time, by turns to the gateway and to programs of its kind: how late the text is
that stays, and what it costs. `make peers`; by hand: run.py TRADEWIND WEIGHTS LOGS [--rooms 1,2] [--programs whisperlive,…]
"""

import argparse
import asyncio
import csv
import sys
import time
import wave
from pathlib import Path

from lag import errors, lags
from programs import PIECE, PROGRAMS, RATE

ASSETS = Path(__file__).parents[2] / "assets"
# Rooms do not speak in step.
APART = 1.7
# Who is behind at the end may finish.
LATEST = 90


def rows():
    with open(ASSETS / "tour-zh.tsv", newline="") as file:
        return [(float(row[1]), row[2]) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def sound():
    with wave.open(str(ASSETS / "tour-zh.wav")) as file:
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
            sys.exit("the tour is not 16-bit sound of one channel at 16 kHz")
        return file.readframes(file.getnframes())


async def speak(program, room, samples):
    """Speaks the tour, and notes what was shown when."""
    await asyncio.sleep(room * APART)
    socket = await program.open(room)
    await program.begin(socket)
    began, states = time.monotonic(), []

    async def listen():
        async for text in program.states(socket, room):
            if not states or states[-1][1] != text:
                states.append((time.monotonic() - began, text))

    listener = asyncio.ensure_future(listen())
    for number in range(0, len(samples), PIECE):
        await asyncio.sleep(began + number / 2 / RATE - time.monotonic())
        await socket.send(program.piece(samples[number:number + PIECE]))
    await program.finish(socket)
    # The end of some is silence: nothing more for as long as a sentence takes.
    told = -1
    until = time.monotonic() + LATEST
    while not listener.done() and len(states) != told and time.monotonic() < until:
        told = len(states)
        await asyncio.wait({listener}, timeout=15)
    listener.cancel()
    await asyncio.gather(listener, return_exceptions=True)
    await socket.close()
    return states


async def measure(name, rooms, options, port):
    env = {"LOGS": str(options.logs), "OMP_NUM_THREADS": str(options.threads), "HF_HUB_OFFLINE": "1"}
    served = options.tradewind if name == "tradewind" else options.weights
    program = PROGRAMS[name](served, port, env, rooms)
    try:
        await program.up()
        samples, said = sound(), rows()
        before = program.cpu()
        heard = await asyncio.gather(*(speak(program, room, samples) for room in range(rooms)))
        cpu = program.cpu() - before
        late = [lag for states in heard for lag in lags(states, said)]
        missed = late.count(None)
        late = sorted(lag for lag in late if lag is not None) or [float("nan")]
        wrong = sum(errors(states, said) for states in heard) / rooms
        minutes = rooms * len(samples) / 2 / RATE / 60
        print(f"{name:<16}{rooms:>6}{late[len(late) // 2]:>10.2f}{late[int(len(late) * 0.95)]:>8.2f}{late[-1]:>8.2f}{missed:>8}"
              f"{wrong:>8.1%}{cpu / minutes:>14.1f}{program.peak_mb():>10.0f}", flush=True)
    finally:
        program.end()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tradewind", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("logs", type=Path)
    parser.add_argument("--rooms", default="1,2,4")
    parser.add_argument("--programs", default=",".join(PROGRAMS))
    parser.add_argument("--threads", type=int, default=2, help="for OMP_NUM_THREADS")
    options = parser.parse_args()
    options.logs.mkdir(parents=True, exist_ok=True)
    print(f"{'program':<16}{'rooms':>6}{'lag p50':>10}{'p95':>8}{'most':>8}{'missed':>8}{'CER':>8}{'CPU s/minute':>14}{'peak MB':>10}")
    port = 18_300
    for rooms in map(int, options.rooms.split(",")):
        for name in options.programs.split(","):
            port += 1
            await measure(name, rooms, options, port)


asyncio.run(main())
