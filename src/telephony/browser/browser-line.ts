import { Injectable } from '@nestjs/common';
import type { WebSocket } from 'ws';
import {
  type DialRequest,
  FRAME_MS,
  type FrameCounts,
  type LineCall,
  type LineListener,
  type PhoneLine,
} from '../phone-line.js';
import { BrowserCall } from './browser-call.js';
import type { PageMessage } from './page-message.js';
import { PhonePage } from './phone-page.js';

/** More than anybody opens; each costs memory, and a message for every call. */
const MAX_PAGES = 16;
/** Close code of RFC 6455's registry: try again later. */
const TRY_AGAIN_LATER = 1013;

/** Calls people on the pages of the browser phone, which ring for every number. */
@Injectable()
export class BrowserLine implements PhoneLine {
  readonly name = 'browser';
  readonly frames: FrameCounts = { sent: 0, late: 0 };
  private readonly pages = new Set<PhonePage>();
  private readonly calls = new Map<number, BrowserCall>();
  private lastNumber = 0;
  private pacing?: NodeJS.Timeout;
  private isStopping = false;

  dial(request: DialRequest, listener: LineListener): LineCall {
    this.lastNumber += 1;
    const number = this.lastNumber;
    const call = new BrowserCall(number, request, listener, (reason) => this.forget(number, reason), this.frames);
    this.calls.set(number, call);
    for (const page of this.pages) call.ringOn(page);
    // Before any message of a page comes in.
    queueMicrotask(() => call.begin());
    return call;
  }

  /** A page was opened: all that rings rings there too. */
  connect(socket: WebSocket): void {
    // `close` follows, and tells all that matters.
    socket.on('error', () => undefined);
    if (this.pages.size >= MAX_PAGES) return socket.close(TRY_AGAIN_LATER, 'Too many pages are open.');
    const page: PhonePage = new PhonePage(
      socket,
      (message) => this.receive(message, page),
      (isOnPurpose) => this.leave(page, isOnPurpose),
    );
    this.pages.add(page);
    for (const call of this.calls.values()) if (!call.isAnswered) call.ringOn(page);
  }

  /** Closes all pages as soon as no call is under way: whoever made the calls ends them. */
  stop(): void {
    this.isStopping = true;
    if (this.calls.size === 0) for (const page of this.pages) page.close();
  }

  private receive(message: PageMessage, page: PhonePage): void {
    const call = this.calls.get(message.call);
    // It may have ended while the message was on its way.
    if (message.type !== 'accept') return call?.receive(message, page);
    if (!call?.accept(page)) return;
    this.pacing ??= setInterval(() => this.sendDue(), FRAME_MS / 2).unref();
    for (const other of this.pages) {
      if (other !== page) other.tell({ type: 'ended', call: call.number, reason: 'answered-elsewhere' });
    }
  }

  private sendDue(): void {
    const now = performance.now();
    for (const call of this.calls.values()) call.sendDue(now);
  }

  private leave(page: PhonePage, isOnPurpose: boolean): void {
    this.pages.delete(page);
    for (const call of this.calls.values()) if (call.isWith(page)) call.lose(isOnPurpose);
  }

  private forget(number: number, reason: string): void {
    const call = this.calls.get(number);
    this.calls.delete(number);
    for (const page of this.pages) {
      if (!call?.isAnswered || call.isWith(page)) page.tell({ type: 'ended', call: number, reason });
    }
    if (this.isStopping) this.stop();
    if ([...this.calls.values()].some(({ isAnswered }) => isAnswered)) return;
    clearInterval(this.pacing);
    this.pacing = undefined;
  }
}
