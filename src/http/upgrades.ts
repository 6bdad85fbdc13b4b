import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Takes the connection over and returns true; or returns false, and the request is handled as if it had not asked for an upgrade. */
export type UpgradeHandler = (request: IncomingMessage, socket: Socket, head: Buffer) => boolean;

const handlersOf = new WeakMap<Server, Map<string, UpgradeHandler>>();
/** Takes a connection out of the bounds of idle ones; false where another request of it is under way. */
const takersOf = new WeakMap<Server, (socket: Socket) => boolean>();

const takenOver = new WeakSet<Socket>();

/** Whether the connection is HTTP no longer. */
export function isTakenOver(socket: Socket): boolean {
  return takenOver.has(socket);
}

/** Says how connections of a server are taken over. */
export function allowUpgrades(server: Server, takeOver: (socket: Socket) => boolean): void {
  takersOf.set(server, takeOver);
}

/** Gives requests of this path that ask for a WebSocket to the handler. */
export function onUpgrade(server: Server, path: string, handler: UpgradeHandler): void {
  const handlers = handlersOf.get(server) ?? new Map<string, UpgradeHandler>();
  handlers.set(path, handler);
  if (handlersOf.has(server)) return;
  handlersOf.set(server, handlers);
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // Whoever takes it over must not write into a response to an earlier request.
    if (!takersOf.get(server)?.(socket)) return void socket.destroy();
    const [pathOfRequest] = (request.url ?? '').split('?');
    const isWebSocket = request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket';
    if (isWebSocket && handlers.get(pathOfRequest)?.(request, socket, head)) return void takenOver.add(socket);
    handleWithoutUpgrade(server, request, socket, head);
  });
}

/**
 * A server may ignore that a client would like to change the protocol (RFC 9110, section 7.8); Java's client asks for h2c with every
 * request. Node gives all of them to the listener and reads no further, so the request goes back into the connection without that wish.
 */
function handleWithoutUpgrade(server: Server, request: IncomingMessage, socket: Socket, rest: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const [name, value] = request.rawHeaders.slice(i, i + 2);
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), rest]));
  server.emit('connection', socket);
}
