import { once } from 'node:events';
import { Agent, createServer, IncomingMessage, request, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';

const LOOK_EVERY_MS = 100;

/**
 * A load balancer: each request goes to the next instance. One that takes no connection is passed over; what was sent once is
 * never sent again, and an instance that then does not answer shows as 502.
 */
export class RoundRobin {
  /** Requests that an instance took and did not answer. */
  readonly unanswered: string[] = [];
  private readonly server: Server;
  private readonly agent = new Agent({ keepAlive: false });
  private turn = 0;
  private readonly watching: NodeJS.Timeout;
  /** Instances that say that they are not ready. */
  private resting = new Set<number>();

  private constructor(public ports: number[]) {
    this.server = createServer((incoming, outgoing) => void this.forward(incoming, outgoing));
    // A client's idle connection is never closed under the request that it is about to send.
    this.server.keepAliveTimeout = 0;
    this.watching = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  static async open(ports: number[]): Promise<RoundRobin> {
    const proxy = new RoundRobin(ports);
    await once(proxy.server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    clearInterval(this.watching);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async look(): Promise<void> {
    const isReady = (port: number) => fetch(`http://127.0.0.1:${port}/health/ready`).then(({ ok }) => ok);
    for (const port of this.ports) {
      if (await isReady(port).catch(() => false)) this.resting.delete(port);
      else this.resting.add(port);
    }
  }

  private async forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const awake = this.ports.filter((port) => !this.resting.has(port));
    // Where none is ready, the instances' own word is the best answer there is.
    const ports = awake.length > 0 ? awake : this.ports;
    const first = this.turn++;
    for (let passed = 0; passed < ports.length; passed += 1) {
      if (await this.send(ports[(first + passed) % ports.length], incoming, body, outgoing)) return;
    }
    outgoing.writeHead(503).end();
  }

  /** False when the instance took no connection, so that nothing was sent. */
  private send(port: number, incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): Promise<boolean> {
    const { method, url, headers } = incoming;
    return new Promise((resolve) => {
      let isConnected = false;
      const fail = (error: Error) => {
        if (!isConnected) return resolve(false);
        this.unanswered.push(`${method} ${url}: ${error.message}`);
        if (outgoing.headersSent) outgoing.destroy();
        else outgoing.writeHead(502).end();
        resolve(true);
      };
      const onward = request({ host: '127.0.0.1', port, method, path: url, headers, agent: this.agent });
      onward.on('socket', (socket) => socket.once('connect', () => (isConnected = true)));
      onward.on('error', fail);
      onward.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('error', fail).pipe(outgoing);
        outgoing.once('close', () => resolve(true));
      });
      onward.end(body);
    });
  }
}
