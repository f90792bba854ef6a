// Sound from a microphone, a browser tab or a file, through the same worklet, as PCM16 frames of 100 ms.

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

/** What went wrong, by the browser's name of it: a key of a string. */
const MICROPHONE_FAILURES = {
  NotFoundError: 'host-error-no-microphone',
  // The chosen one is not there any more.
  OverconstrainedError: 'host-error-no-microphone',
  NotReadableError: 'host-error-microphone-busy',
};

/** Opens a microphone. Gives { rate, muted(), stop }. `onFrame({ pcm, rms, peak, clipped })`, `onEnd(key)` when it is pulled out. */
export async function openMicrophone({ deviceId, onFrame, onEnd }) {
  // Without https, browsers give no microphone to any address but this machine's own.
  if (!navigator.mediaDevices) throw new SoundError('host-error-insecure');
  const stream = await navigator.mediaDevices
    .getUserMedia({
      audio: {
        deviceId: deviceId ? { exact: deviceId } : undefined,
        channelCount: 1,
        echoCancellation: false,
        noiseSuppression: true,
        autoGainControl: true,
      },
    })
    .catch((error) => {
      throw new SoundError(MICROPHONE_FAILURES[error.name] ?? 'host-error-microphone');
    });
  return follow(stream, onFrame, () => onEnd('host-error-microphone-gone'));
}

/** Opens the sound of a tab that the host chooses. As a microphone. */
export async function openTab({ onFrame, onEnd }) {
  if (!navigator.mediaDevices?.getDisplayMedia) {
    throw new SoundError(isSecureContext ? 'host-error-tab' : 'host-error-insecure');
  }
  // Browsers share sound only beside a picture, which is not used.
  const sound = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, suppressLocalAudioPlayback: false };
  const stream = await navigator.mediaDevices
    .getDisplayMedia({ video: true, audio: sound, systemAudio: 'include' })
    .catch((error) => {
      throw new SoundError(error.name === 'NotAllowedError' ? 'host-error-tab-refused' : 'host-error-tab');
    });
  if (!stream.getAudioTracks().length) {
    stop(stream);
    throw new SoundError('host-error-tab-silent');
  }
  return follow(stream, onFrame, () => onEnd('host-error-tab-gone'));
}

async function follow(stream, onFrame, onEnd) {
  const { context, source } = listenTo(stream);
  const release = () => {
    stop(stream);
    return context.close();
  };
  const track = stream.getAudioTracks()[0];
  track.addEventListener('ended', onEnd);
  await record(context, source, onFrame).catch(async (error) => {
    await release();
    throw error;
  });
  return { rate: context.sampleRate, muted: () => track.muted, stop: release };
}

function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
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
