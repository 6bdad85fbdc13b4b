import { createServer, request as ask, Server } from 'node:http';
import { AddressInfo } from 'node:net';

/** A reverse proxy: the address under which browsers reach a service, at the root of its host or below a path. */
export class FrontDoor {
  /** Paths that were asked for, as this server's log would have them. */
  readonly askedFor: string[] = [];
  private server: Server;
  private inside = '';

  constructor(private readonly path = '') {}

  /** What the service must be told as its PUBLIC_URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.path}`;
  }

  /** Listens; the service behind may be started after it. */
  async open(): Promise<void> {
    this.server = createServer((request, response) => {
      const url = request.url ?? '';
      this.askedFor.push(url);
      if (!url.startsWith(`${this.path}/`)) return void response.writeHead(404).end();
      const { method, headers } = request;
      const forwarded = ask(this.inside + url.slice(this.path.length), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      forwarded.on('error', () => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>'));
      request.pipe(forwarded);
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  leadTo(url: string): void {
    this.inside = url;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
