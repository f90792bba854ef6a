// Two ways to the same messages: a WebSocket, or server-sent events where a WebSocket is not let through.
//
// Both call `opened()`, `message(object)` and once `closed({ code, opened })`, and give { send, close, kind }.

/** `token`: a key where the room asks for one. In a subprotocol, since a browser's socket has no headers. */
export function openSocket(path, handlers, token) {
  const address = new URL(path, location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  const socket = token ? new WebSocket(address, ['token', token]) : new WebSocket(address);
  const once = closing(handlers);
  socket.onopen = once.opened;
  socket.onmessage = (event) => deliver(event.data, handlers);
  socket.onclose = (event) => once.closed(event.code);
  return {
    kind: 'ws',
    send(message) {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    // A dead network can hold a closing socket for a minute: it counts as closed at once.
    close(code = 1006) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
      once.closed(code);
    },
  };
}

export function openEvents(path, handlers, token) {
  const source = new EventSource(token ? `${path}&${new URLSearchParams({ token })}` : path);
  const once = closing(handlers);
  source.onopen = once.opened;
  source.onmessage = (event) => deliver(event.data, handlers);
  // EventSource would come back by itself, but knows nothing of our pace: one way of coming back is enough.
  source.onerror = () => close();
  function close(code = 1006) {
    source.onopen = source.onmessage = source.onerror = null;
    source.close();
    once.closed(code);
  }
  return { kind: 'sse', send: () => false, close };
}

function closing(handlers) {
  let opened = false;
  let closed = false;
  return {
    opened() {
      opened = true;
      handlers.opened();
    },
    closed(code) {
      if (closed) return;
      closed = true;
      handlers.closed({ code, opened });
    },
  };
}

function deliver(data, handlers) {
  let message;
  try {
    message = JSON.parse(data);
  } catch {
    return; // Not ours: a proxy's page, or a message cut short.
  }
  if (message && typeof message.type === 'string') handlers.message(message);
}
