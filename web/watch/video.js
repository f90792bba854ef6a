// The room's stream: Safari plays HLS by itself, other browsers through hls.js, which is loaded only then.

import { byId } from '../shared/dom.js';
import { t } from '../shared/strings.js';

const LIBRARY = '/static/vendor/hls.light.min.mjs';
const HLS = 'application/vnd.apple.mpegurl';
/** A stream that is not there yet, or broke: tried again this often. */
const AGAIN_MS = 10_000;

let player = null;

/** Shows the stream at `url`; does nothing in a room without one. */
export async function showVideo(url) {
  if (!url) return;
  const video = byId('video');
  byId('video-box').hidden = false;
  document.body.classList.add('has-video');
  video.addEventListener('playing', () => say(null));
  video.addEventListener('waiting', () => say('watch-video-loading'));
  say('watch-video-loading');
  if (video.canPlayType(HLS) && !globalThis.MediaSource) {
    video.addEventListener('error', () => again(() => (video.src = url)));
    video.src = url;
    return;
  }
  const library = await import(LIBRARY).catch(() => null);
  if (!library?.default.isSupported()) return say('watch-video-unsupported');
  attach(library.default, video, url);
}

function attach(Hls, video, url) {
  // Without a worker: a policy that lets scripts come from blobs is a hole, and a phone unpacks a segment in some ms.
  player = new Hls({ enableWorker: false, backBufferLength: 30 });
  player.on(Hls.Events.ERROR, (_, { fatal, type }) => {
    if (!fatal) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR) return player.recoverMediaError();
    player.destroy();
    again(() => attach(Hls, video, url));
  });
  player.loadSource(url);
  player.attachMedia(video);
  video.play().catch(() => {}); // Where it may not start by itself, its own button does.
}

function again(start) {
  say('watch-video-lost');
  setTimeout(start, AGAIN_MS);
}

function say(key) {
  const line = byId('video-note');
  line.hidden = !key;
  line.dataset.t = key ?? '';
  line.textContent = key ? t(key) : '';
}
