import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

const SWEEP_MS = 50;

/**
 * Ends HTTP before anything else stops: new connections are refused, requests under way are answered while the mail worker and the
 * database still serve them.
 */
@Injectable()
export class HttpDrain implements OnApplicationBootstrap, OnModuleDestroy {
  /** Requests that are not answered by then are cut off: a client that never ends its request must not hold the process. */
  graceMs = 10_000;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly host: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  async onModuleDestroy(): Promise<void> {
    const sweeping = setInterval(() => this.closeIdle(), SWEEP_MS);
    const deadline = setTimeout(() => this.server.closeAllConnections(), this.graceMs);
    try {
      await this.host.httpAdapter.close();
    } finally {
      clearInterval(sweeping);
      clearTimeout(deadline);
    }
  }

  private get server(): Server {
    return this.host.httpAdapter.getHttpServer() as Server;
  }

  /** Node closes connections that are idle when the server closes, but neither those that become so later nor those never used. */
  private closeIdle(): void {
    this.server.closeIdleConnections();
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
  }
}
