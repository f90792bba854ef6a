// Sound from a microphone or a file, through the same worklet, as PCM16 frames of 100 ms.

/** Speech needs no more; where the browser cannot record at this rate its own is taken. */
const WISHED_HZ = 16_000;

/** What the page says for a failure: the key of a string. */
export class SoundError extends Error {
  constructor(key) {
    super(key);
    this.key = key;
  }
}

/** The microphones that the browser names. Names are empty until one was allowed. */
export async function microphones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  return devices.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId && deviceId !== 'default');
}

/** Opens a microphone. Gives { rate, stop }. `onFrame({ pcm, rms, peak, clipped })`, `onEnd()` when it is pulled out. */
export async function openMicrophone({ deviceId, onFrame, onEnd }) {
  const stream = await navigator.mediaDevices
    ?.getUserMedia({
      audio: {
        deviceId: deviceId ? { exact: deviceId } : undefined,
        channelCount: 1,
        echoCancellation: false,
        noiseSuppression: true,
        autoGainControl: true,
      },
    })
    .catch((error) => {
      throw new SoundError(error.name === 'NotFoundError' ? 'host-error-no-microphone' : 'host-error-microphone');
    });
  // Without https, browsers give no microphone to any address but this machine's own.
  if (!stream) throw new SoundError('host-error-microphone');
  const { context, source } = listenTo(stream);
  const release = () => {
    for (const track of stream.getTracks()) track.stop();
    return context.close();
  };
  stream.getAudioTracks()[0].addEventListener('ended', () => onEnd());
  await record(context, source, onFrame).catch(async (error) => {
    await release();
    throw error;
  });
  return { rate: context.sampleRate, stop: release };
}

/** Plays a file at its own speed. Gives { rate, seconds, position(), listen(on), stop }. */
export async function openFile({ file, onFrame, onEnd, audible }) {
  const context = new AudioContext({ sampleRate: WISHED_HZ });
  try {
    const buffer = await context.decodeAudioData(await file.arrayBuffer());
    const source = new AudioBufferSourceNode(context, { buffer });
    const loudness = new GainNode(context, { gain: audible ? 1 : 0 });
    source.connect(loudness).connect(context.destination);
    await record(context, source, onFrame);
    source.addEventListener('ended', () => onEnd());
    const began = context.currentTime;
    source.start();
    return {
      rate: context.sampleRate,
      seconds: buffer.duration,
      position: () => Math.min(buffer.duration, context.currentTime - began),
      listen: (on) => (loudness.gain.value = on ? 1 : 0),
      stop: () => context.close(),
    };
  } catch {
    await context.close();
    throw new SoundError('host-error-file');
  }
}

/** Firefox joins a microphone only to a context of the microphone's own rate. */
function listenTo(stream) {
  const context = new AudioContext({ sampleRate: WISHED_HZ });
  try {
    return { context, source: context.createMediaStreamSource(stream) };
  } catch {
    context.close();
    const own = new AudioContext();
    return { context: own, source: own.createMediaStreamSource(stream) };
  }
}

async function record(context, source, onFrame) {
  await context.audioWorklet.addModule('/static/host/recorder-worklet.js');
  const recorder = new AudioWorkletNode(context, 'recorder');
  recorder.port.onmessage = ({ data }) => onFrame(data);
  // Its silent output keeps the browser pulling.
  source.connect(recorder).connect(context.destination);
  await context.resume();
}
