import type { IncomingMessage, Server } from 'node:http';
import { Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { WebSocketServer } from 'ws';
import { AddressSettings } from '../../http/address.settings.js';
import { onUpgrade } from '../../http/upgrades.js';
import { PagesSettings } from '../../pages/pages.settings.js';
import { isFromThisMachine } from '../../pages/this-machine.guard.js';
import { BrowserLine } from './browser-line.js';
import { MAX_MESSAGE_BYTES } from './page-message.js';

export const SOCKET_PATH = '/dev/phone/socket';

/** Lets pages of the browser phone connect: the same people who may see the page, and no page of another site. */
@Injectable()
export class PhoneSocket implements OnApplicationBootstrap {
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly line: BrowserLine,
    private readonly pages: PagesSettings,
    private readonly addresses: AddressSettings,
  ) {}

  onApplicationBootstrap(): void {
    const http = this.host.httpAdapter.getHttpServer() as Server;
    onUpgrade(http, SOCKET_PATH, (request, socket, head) => {
      if (!this.isAllowed(request)) return false;
      this.server.handleUpgrade(request, socket, head, (page) => this.line.connect(page));
      return true;
    });
    // HTTP ends when its last connection does.
    this.host.httpAdapter.getInstance<FastifyInstance>().addHook('preClose', async () => this.line.stop());
  }

  private isAllowed(request: IncomingMessage): boolean {
    return (this.pages.DEV_PAGES === 'open' || isFromThisMachine(request)) && this.isFromOwnPage(request.headers);
  }

  /** Browsers let any page open a WebSocket to anywhere, but say which page it was. */
  private isFromOwnPage({ origin, host }: IncomingMessage['headers']): boolean {
    if (origin === undefined || !URL.canParse(origin)) return false;
    return new URL(origin).host === host?.toLowerCase() || origin === new URL(this.addresses.publicUrl).origin;
  }
}
