import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SECOND_MS } from '../common/clock.js';
import { isTakenOver } from '../http/upgrades.js';
import { OperationSettings } from './operation.settings.js';

const SWEEP_MS = 50;
/** A connection this young is about to be used: closing it would lose a request. */
const UNUSED_MS = 1000;

/**
 * Ends HTTP before anything else stops: new connections are refused, requests under way are answered while the mail worker and the
 * database still serve them.
 */
@Injectable()
export class HttpDrain implements OnApplicationBootstrap, OnModuleDestroy {
  /** Then open requests are cut off: a client that never ends its request must not keep the process alive. */
  graceMs = 10_000;
  /** The process is stopping: load balancers should use other instances. */
  isStopping = false;
  /** Open connections, and when each was opened. */
  private readonly sockets = new Map<Socket, number>();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly settings: OperationSettings,
  ) {}

  onApplicationBootstrap(): void {
    this.server.on('connection', (socket: Socket) => {
      if (this.sockets.has(socket)) return;
      this.sockets.set(socket, performance.now());
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    if (this.settings.SHUTDOWN_DELAY_SECONDS > 0) await delay(this.settings.SHUTDOWN_DELAY_SECONDS * SECOND_MS);
    let answered = () => {};
    const isAnswered = new Promise<void>((resolve) => (answered = resolve));
    const sweeping = setInterval(() => {
      this.closeIdle();
      if (this.isAllAnswered) answered();
    }, SWEEP_MS);
    const deadline = setTimeout(() => this.server.closeAllConnections(), this.graceMs);
    try {
      // The first waits for connections that were taken over too: a call goes on.
      await Promise.race([this.host.httpAdapter.close(), isAnswered]);
    } finally {
      clearInterval(sweeping);
      clearTimeout(deadline);
    }
  }

  private get isAllAnswered(): boolean {
    return !this.server.listening && [...this.sockets.keys()].every(isTakenOver);
  }

  private get server(): Server {
    return this.host.httpAdapter.getHttpServer() as Server;
  }

  /** Node closes connections that are idle when the server closes, but neither those that become so later nor those never used. */
  private closeIdle(): void {
    this.server.closeIdleConnections();
    const openedBefore = performance.now() - UNUSED_MS;
    for (const [socket, openedAt] of this.sockets) {
      if (socket.bytesRead === 0 && openedAt < openedBefore) socket.destroy();
    }
  }
}
