import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { TestApp } from './start-app.js';

/** A TCP connection to a service, as both sides have it. */
export interface RawConnection {
  client: Socket;
  server: Socket;
  /** Resolves when the service has closed it. */
  closed: Promise<void>;
}

/** Opens a connection over which a test sends what no HTTP client would. It reads nothing until it is told to. */
export async function openRaw(service: TestApp): Promise<RawConnection> {
  const { hostname, port } = new URL(service.api.url);
  const client = connect({ port: Number(port), host: hostname, allowHalfOpen: true }).on('error', () => undefined);
  const [server] = (await once(service.app.getHttpServer(), 'connection')) as [Socket];
  const closed = server.destroyed ? Promise.resolve() : new Promise<void>((done) => server.once('close', () => done()));
  return { client: client.pause(), server, closed };
}

/** All that arrives until the end of the connection, whoever ends it. */
export function readAll(client: Socket): Promise<string> {
  let text = '';
  client.on('data', (data) => (text += data.toString('latin1'))).resume();
  return new Promise((resolve) => client.once('end', () => client.end()).once('close', () => resolve(text)));
}

/** The head of a request. */
export function head(method: string, path: string, headers: Record<string, string | number> = {}): string {
  const lines = Object.entries({ host: 'test', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
