// The console's events: the room's state every second and the transcript as it is written, whoever sends the sound.

import { getPins } from '../shared/api.js';

const AGAIN_MS = 3_000;
/** The state comes each second: silence for so long is a lost connection, whatever the browser believes. */
const SILENT_MS = 6_000;

/** `onEvent(event)` for each; `onConnection(up)` when the feed comes or goes. */
export function openFeed({ room, token, onEvent, onConnection }) {
  const query = token ? `?${new URLSearchParams({ token })}` : '';
  let source = null;
  let silent = 0;
  connect();

  function connect() {
    source = new EventSource(`/v1/rooms/${encodeURIComponent(room)}/console${query}`);
    source.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.type === 'error') return over(event);
      heard();
      onConnection(true);
      onEvent(event);
    };
    source.onerror = () => again();
    heard();
  }

  function heard() {
    clearTimeout(silent);
    silent = setTimeout(again, SILENT_MS);
  }

  /** The key has run out: coming back with it is of no use. */
  function over(event) {
    clearTimeout(silent);
    source.onmessage = source.onerror = null;
    source.close();
    onEvent(event);
  }

  /** A stream knows no status: a request tells a key that is refused from a bad network. */
  async function again() {
    clearTimeout(silent);
    source.onmessage = source.onerror = null;
    source.close();
    onConnection(false);
    const refused = await getPins(room, token).then(() => false, ({ status }) => status === 401 || status === 403);
    if (refused) onEvent({ type: 'error', code: 'unauthorized' });
    else setTimeout(connect, AGAIN_MS);
  }
}
