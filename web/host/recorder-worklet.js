// Runs in the audio thread: sound in, frames of 100 ms of mono PCM16 out, with how loud they were.

const FRAMES_A_SECOND = 10;
/** Samples at full scale: the microphone or its amplifier cut the wave. */
const CLIPPED = 0.985;

class Recorder extends AudioWorkletProcessor {
  #size = Math.round(sampleRate / FRAMES_A_SECOND);
  #frame = new Int16Array(this.#size);
  #filled = 0;
  #squares = 0;
  #peak = 0;

  process([input]) {
    const [first] = input;
    if (!first) return true;
    for (let i = 0; i < first.length; i++) {
      let sample = 0;
      for (const channel of input) sample += channel[i];
      this.#take(sample / input.length);
    }
    return true;
  }

  #take(sample) {
    const bounded = Math.max(-1, Math.min(1, sample));
    this.#squares += bounded * bounded;
    this.#peak = Math.max(this.#peak, Math.abs(bounded));
    this.#frame[this.#filled++] = Math.round(bounded * 32767);
    if (this.#filled < this.#size) return;
    const pcm = this.#frame.buffer;
    const rms = Math.sqrt(this.#squares / this.#size);
    this.port.postMessage({ pcm, rms, peak: this.#peak, clipped: this.#peak >= CLIPPED }, [pcm]);
    this.#frame = new Int16Array(this.#size);
    this.#filled = this.#squares = this.#peak = 0;
  }
}

registerProcessor('recorder', Recorder);
